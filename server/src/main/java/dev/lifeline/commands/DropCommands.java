package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.ForeignKeyWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.catalog.UserType;
import dev.lifeline.parser.tree.DropBehavior;
import dev.lifeline.parser.tree.DropStmt;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// DROP TABLE, INDEX, SEQUENCE, VIEW, TYPE and SCHEMA.
final class DropCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  DropCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  static String tag(DropStmt statement) {
    return "DROP " + statement.removeType().name().replace('_', ' ');
  }

  String prepare(DropStmt statement, Steps steps) {
    if (statement.concurrent()) {
      throw PgException.notSupported("DROP INDEX CONCURRENTLY");
    }
    boolean cascade = statement.behavior() == DropBehavior.CASCADE;
    switch (statement.removeType()) {
      case SCHEMA -> dropSchemas(statement, cascade, steps);
      case TABLE -> dropRelations(statement, RelKind.TABLE, cascade, steps);
      case INDEX -> dropRelations(statement, RelKind.INDEX, cascade, steps);
      case SEQUENCE -> dropRelations(statement, RelKind.SEQUENCE, cascade, steps);
      case VIEW -> dropRelations(statement, RelKind.VIEW, cascade, steps);
      case TYPE ->
          new TypeCommands(context)
              .drop(statement.objects(), statement.missingOk(), cascade, steps);
      case PUBLICATION -> new PublicationCommands(context).drop(statement, steps);
      default ->
          throw PgException.notSupported("DROP " + statement.removeType().name().replace('_', ' '));
    }
    return tag(statement);
  }

  private void dropRelations(DropStmt statement, RelKind kind, boolean cascade, Steps steps) {
    Map<Integer, Relation> doomed = new LinkedHashMap<>();
    for (Node object : statement.objects()) {
      Relation relation = lookUp((QualifiedName) object, kind, statement.missingOk(), steps);
      if (relation != null) {
        doomed.put(relation.oid(), relation);
      }
    }
    Dependents dependents = new Dependents(catalog);
    List<Relation> others = new ArrayList<>();
    for (Relation relation : doomed.values()) {
      for (Relation dependent : dependents.of(relation)) {
        if (!doomed.containsKey(dependent.oid()) && !others.contains(dependent)) {
          others.add(dependent);
        }
      }
    }
    DependentKeys dependentKeys = new DependentKeys(context);
    List<ForeignKey> keys = keysOf(doomed.values(), kind);
    if (!(others.isEmpty() && keys.isEmpty()) && !cascade) {
      Relation first = doomed.values().iterator().next();
      List<String> details =
          new ArrayList<>(
              others.stream()
                  .map(o -> describe(o) + " depends on " + kind.noun() + " " + first.name())
                  .toList());
      for (ForeignKey key : keys) {
        Relation needed = doomed.get(kind == RelKind.INDEX ? key.indexOid() : key.referencedOid());
        details.add(
            dependentKeys.describe(key)
                + " depends on "
                + (needed == null ? kind.noun() : describe(needed)));
      }
      throw dependentsStillExist(
          doomed.size() == 1 ? kind.noun() + " " + first.name() : null, details);
    }
    List<String> along = new ArrayList<>(others.stream().map(this::describe).toList());
    keys.forEach(key -> along.add(dependentKeys.describe(key)));
    tellCascade(along, steps);
    dependentKeys.lock(keys);
    doomed.values().forEach(relation -> dependentKeys.lock(relation.foreignKeys()));
    CatalogWriter writer = context.writer(steps);
    keys.forEach(key -> new ForeignKeyWriter(writer).drop(key));
    others.forEach(relation -> drop(writer, relation));
    doomed.values().forEach(relation -> drop(writer, relation));
    writer.endCommandWithNames(false);
  }

  /// The foreign keys of others that go along.
  private List<ForeignKey> keysOf(Collection<Relation> doomed, RelKind kind) {
    if (kind == RelKind.TABLE) {
      return DependentKeys.ofTables(doomed);
    }
    List<ForeignKey> keys = new ArrayList<>();
    if (kind == RelKind.INDEX) {
      for (Relation index : doomed) {
        keys.addAll(DependentKeys.ofIndex(tableOf(index), index.oid()));
      }
    }
    return keys;
  }

  private void drop(CatalogWriter writer, Relation relation) {
    if (relation.kind() != RelKind.INDEX) {
      for (Relation sequence : new Dependents(catalog).ownedSequences(relation.oid())) {
        new RelationWriter(writer).drop(sequence);
      }
      new RelationWriter(writer).drop(relation);
      return;
    }
    Relation table = tableOf(relation);
    Relation.Index index = null;
    for (Relation.Index one : table.indexes()) {
      index = one.oid() == relation.oid() ? one : index;
    }
    if (index != null) {
      new RelationWriter(writer).dropIndex(table.oid(), index);
    }
  }

  private Relation tableOf(Relation index) {
    CatalogRow row = catalog.reader().one("pg_index", "pg_index_indexrelid_index", index.oid());
    Relation table = row == null ? null : catalog.byOid(row.oid("indrelid"));
    if (table == null) {
      throw new IllegalStateException("index " + index.name() + " has no table");
    }
    return table;
  }

  /// Finds, checks and locks one of the relations; null where it is missing and may be.
  private @Nullable Relation lookUp(
      QualifiedName name, RelKind kind, boolean missingOk, Steps steps) {
    List<String> names = name.names();
    String relationName = names.getLast();
    String schema = names.size() > 1 ? names.get(names.size() - 2) : null;
    if (schema != null && catalog.namespaceOid(schema) == 0) {
      if (!missingOk) {
        throw PgException.error(
            SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema);
      }
      context.notice(
          steps, SqlState.SUCCESSFUL_COMPLETION, "schema \"%s\" does not exist, skipping", schema);
      return null;
    }
    Relation relation = catalog.find(schema, relationName);
    if (relation == null) {
      String shown = schema == null ? relationName : schema + "." + relationName;
      if (!missingOk) {
        throw PgException.error(
            SqlState.UNDEFINED_TABLE, "%s \"%s\" does not exist", kind.noun(), relationName);
      }
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "%s \"%s\" does not exist, skipping",
          kind.noun(),
          schema == null ? shown : relationName);
      return null;
    }
    check(relation, kind);
    if (kind == RelKind.INDEX) {
      Relation table = tableOf(relation);
      catalog.reopen(table.oid(), LockMode.ACCESS_EXCLUSIVE);
      refuseConstraintIndex(catalog.byOid(table.oid()), relation);
    }
    Relation locked = catalog.open(schema, relationName, -1, LockMode.ACCESS_EXCLUSIVE);
    check(locked, kind);
    context.refusePending(locked, "DROP " + kind.noun().toUpperCase(Locale.ROOT));
    return locked;
  }

  private void check(Relation relation, RelKind kind) {
    if (relation.kind() != kind) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "\"%s\" is not %s %s",
              relation.name(),
              kind == RelKind.INDEX ? "an" : "a",
              kind.noun())
          .hint(
              "Use DROP %s to remove %s %s.",
              relation.kind().noun().toUpperCase(Locale.ROOT),
              relation.kind() == RelKind.INDEX ? "an" : "a",
              relation.kind().noun());
    }
    BackendCatalog.Namespace namespace = catalog.namespace(relation.namespaceOid());
    if (namespace == null || !catalog.rights().actsAs(namespace.owner())) {
      catalog.rights().checkOwner(relation);
    }
    SystemObjects.refuse(relation);
  }

  private void refuseConstraintIndex(@Nullable Relation table, Relation index) {
    if (table == null) {
      return;
    }
    for (Relation.Constraint constraint : table.constraints()) {
      if (constraint.indexOid() == index.oid()) {
        throw PgException.error(
                SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                "cannot drop index %s because constraint %s on table %s requires it",
                index.name(),
                constraint.name(),
                table.name())
            .hint(
                "You can drop constraint %s on table %s instead.", constraint.name(), table.name());
      }
    }
  }

  String describe(Relation relation) {
    boolean visible = catalog.searchPath(true).contains(relation.namespace());
    return relation.kind().noun()
        + " "
        + (visible ? relation.name() : relation.namespace() + "." + relation.name());
  }

  /// @param object null for several
  static PgException dependentsStillExist(@Nullable String object, List<String> details) {
    PgException error =
        object == null
            ? PgException.error(
                SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                "cannot drop desired object(s) because other objects depend on them")
            : PgException.error(
                SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
                "cannot drop %s because other objects depend on it",
                object);
    return error
        .detail("%s", String.join("\n", details))
        .hint("Use DROP ... CASCADE to drop the dependent objects too.");
  }

  private void tellCascade(List<String> objects, Steps steps) {
    if (!objects.isEmpty()) {
      PgException notice = DependentKeys.cascades(objects);
      steps.add(() -> context.session().notice(notice));
    }
  }

  private void dropSchemas(DropStmt statement, boolean cascade, Steps steps) {
    for (Node object : statement.objects()) {
      String name = object instanceof QualifiedName q ? q.names().getLast() : object.toString();
      int oid = catalog.namespaceOid(name);
      if (oid == 0) {
        if (!statement.missingOk()) {
          throw PgException.error(
              SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", name);
        }
        context.notice(
            steps, SqlState.SUCCESSFUL_COMPLETION, "schema \"%s\" does not exist, skipping", name);
        continue;
      }
      dropSchema(oid, name, cascade, steps);
    }
  }

  private void dropSchema(int oid, String name, boolean cascade, Steps steps) {
    BackendCatalog.Namespace namespace = catalog.namespace(oid);
    if (namespace != null) {
      catalog.rights().checkOwner(namespace.owner(), "schema", name);
    }
    if (name.startsWith("pg_") || name.equals("information_schema") || name.equals("lifeline")) {
      throw PgException.error(
          SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
          "cannot drop schema %s because it is required by the database system",
          name);
    }
    catalog.lockObject(false, SystemOids.PG_NAMESPACE, oid, LockMode.ACCESS_EXCLUSIVE);
    List<Relation> content = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan(
                "pg_class",
                r -> r.oid("relnamespace") == oid && r.letter("relkind") != RelKind.INDEX.code())) {
      Relation relation = catalog.reopen(row.oid("oid"), LockMode.ACCESS_EXCLUSIVE);
      if (relation != null) {
        content.add(relation);
      }
    }
    List<ForeignKey> keys = DependentKeys.ofTables(content);
    List<String> objects = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    DependentKeys dependentKeys = new DependentKeys(context);
    for (Relation relation : content) {
      objects.add(describe(relation));
      reasons.add(describe(relation) + " depends on schema " + name);
      for (ForeignKey key : keys) {
        if (key.referencedOid() == relation.oid()) {
          objects.add(dependentKeys.describe(key));
          reasons.add(dependentKeys.describe(key) + " depends on " + describe(relation));
        }
      }
    }
    TypeCommands typeCommands = new TypeCommands(context);
    List<UserType> types = typeCommands.ofSchema(oid);
    List<TypeCommands.Use> uses = new ArrayList<>();
    List<TypeMentions.Mention> mentions = new ArrayList<>();
    for (UserType type : types) {
      String object = "type " + catalog.types().shownName(type);
      objects.add(object);
      reasons.add(object + " depends on schema " + name);
      List<TypeCommands.Use> usesOfType = typeCommands.usesOf(type);
      for (TypeMentions.Mention mention : new TypeMentions(context).of(type, usesOfType)) {
        if (content.stream().noneMatch(relation -> relation.oid() == mention.relation().oid())) {
          mentions.add(mention);
          reasons.add(mention.reason(catalog));
        }
      }
      for (TypeCommands.Use use : usesOfType) {
        if (content.stream().noneMatch(relation -> relation.oid() == use.relation().oid())) {
          uses.add(use);
          objects.add(use.object());
          reasons.add(use.reason());
        }
      }
    }
    if (!objects.isEmpty() && !cascade) {
      throw dependentsStillExist("schema " + name, reasons);
    }
    TypeCommands.refuse(mentions);
    tellCascade(objects, steps);
    dependentKeys.lock(keys);
    CatalogWriter writer = context.writer(steps);
    content.forEach(relation -> new RelationWriter(writer).drop(relation));
    uses.forEach(use -> typeCommands.dropColumn(writer, use));
    types.forEach(type -> typeCommands.remove(writer, type));
    steps.add(() -> {
      CatalogRow row = catalog.reader().one("pg_namespace", "pg_namespace_oid_index", oid);
      if (row != null) {
        writer.delete(row);
      }
    });
    new Comments(writer).removeAll(SystemOids.PG_NAMESPACE, oid);
    for (CatalogRow row :
        catalog.reader().scan("pg_publication_namespace", r -> r.oid("pnnspid") == oid)) {
      writer.delete(row);
    }
    writer.endCommandWithNames(false);
  }

  /// The kinds that this class knows.
  static boolean knows(ObjectType type) {
    return switch (type) {
      case TABLE, INDEX, SEQUENCE, VIEW, SCHEMA -> true;
      default -> false;
    };
  }
}
