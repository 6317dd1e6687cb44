package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.RelationWriter;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.SequenceNames;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.parser.tree.AlterObjectSchemaStmt;
import dev.lifeline.parser.tree.AlterOwnerStmt;
import dev.lifeline.parser.tree.ObjectType;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.RenameStmt;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// ALTER ... RENAME TO, SET SCHEMA and OWNER TO.
final class RenameCommands {
  private final CommandContext context;
  private final BackendCatalog catalog;

  RenameCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  static String tag(RenameStmt statement) {
    ObjectType type =
        switch (statement.renameType()) {
          case COLUMN, TABLE_CONSTRAINT ->
              Objects.requireNonNullElse(statement.relationType(), ObjectType.TABLE);
          default -> statement.renameType();
        };
    return "ALTER " + type.name().replace('_', ' ');
  }

  String prepare(RenameStmt statement, Steps steps) {
    switch (statement.renameType()) {
      case TABLE, INDEX, SEQUENCE, VIEW -> renameRelation(statement, steps);
      case COLUMN -> renameColumn(statement, steps);
      case TABLE_CONSTRAINT -> renameConstraint(statement, steps);
      case SCHEMA -> renameSchema(statement, steps);
      case ROLE -> new RoleCommands(context).rename(statement, steps);
      case PUBLICATION ->
          new PublicationCommands(context)
              .rename(
                  ((QualifiedName) Objects.requireNonNull(statement.object())).names().getLast(),
                  statement.newname(),
                  steps);
      case SUBSCRIPTION ->
          new SubscriptionCommands(context)
              .rename(
                  ((QualifiedName) Objects.requireNonNull(statement.object())).names().getLast(),
                  statement.newname(),
                  steps);
      case TYPE ->
          new TypeCommands(context)
              .rename(Objects.requireNonNull(statement.object()), statement.newname(), steps);
      case DATABASE -> new DatabaseCommands(context).rename(statement, steps);
      default ->
          throw PgException.notSupported(
              "ALTER " + statement.renameType().name().replace('_', ' ') + " ... RENAME TO");
    }
    return tag(statement);
  }

  /// Opens the relation of a statement, or returns null where it is missing and may be.
  private @org.jspecify.annotations.Nullable Relation open(
      RangeVar name, boolean missingOk, Steps steps) {
    context.checkDatabase(name);
    if (missingOk && catalog.find(name.schemaname(), name.relname()) == null) {
      context.notice(
          steps,
          SqlState.SUCCESSFUL_COMPLETION,
          "relation \"%s\" does not exist, skipping",
          name.relname());
      return null;
    }
    Relation relation =
        catalog.open(name.schemaname(), name.relname(), name.location(), LockMode.ACCESS_EXCLUSIVE);
    SystemObjects.refuse(relation);
    catalog.rights().checkOwner(relation);
    return relation;
  }

  private void renameRelation(RenameStmt statement, Steps steps) {
    Relation relation =
        open(Objects.requireNonNull(statement.relation()), statement.missingOk(), steps);
    if (relation == null) {
      return;
    }
    RelKind wanted =
        switch (statement.renameType()) {
          case INDEX -> RelKind.INDEX;
          case SEQUENCE -> RelKind.SEQUENCE;
          case VIEW -> RelKind.VIEW;
          default -> relation.kind();
        };
    if (relation.kind() != wanted) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "\"%s\" is not a %s", relation.name(), wanted.noun());
    }
    context.checkCreatePrivilege(relation.namespaceOid());
    if (catalog.find(relation.namespaceOid(), statement.newname()) != null) {
      throw CreateTable.duplicate(statement.newname());
    }
    boolean hasRows = relation.kind().isTable() || relation.viewQuery() != null;
    if (hasRows && catalog.types().find(relation.namespaceOid(), statement.newname()) != null) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", statement.newname());
    }
    refuseUsedByView(relation, "renaming");
    CatalogWriter writer = context.writer(steps);
    if (relation.kind() == RelKind.SEQUENCE) {
      String name = SequenceNames.qualified(relation.namespace(), statement.newname());
      new SequenceNames(writer).rename(Map.of(relation.oid(), name));
    }
    new RelationWriter(writer)
        .updateClass(relation.oid(), row -> row.set("relname", statement.newname()));
    if (relation.kind() == RelKind.INDEX) {
      renameIndexConstraint(writer, relation, statement.newname());
    }
    writer.endCommandWithNames(false);
  }

  /// The text of a view names what it uses.
  private void refuseUsedByView(Relation relation, String what) {
    if (!new Dependents(catalog).of(relation).isEmpty()) {
      throw PgException.notSupported(what + " a relation that a view uses");
    }
  }

  /// It goes with its column's table.
  private void refuseOwnedSequence(Relation relation) {
    if (relation.kind() != RelKind.SEQUENCE) {
      return;
    }
    for (CatalogRow row :
        catalog
            .reader()
            .rows("pg_depend", "pg_depend_depender_index", SystemOids.PG_CLASS, relation.oid())) {
      Relation table = catalog.byOid(row.oid("refobjid"));
      if (table != null && "ai".indexOf(row.letter("deptype")) >= 0) {
        throw PgException.error(
                SqlState.FEATURE_NOT_SUPPORTED, "cannot move an owned sequence into another schema")
            .detail("Sequence \"%s\" is linked to table \"%s\".", relation.name(), table.name());
      }
    }
  }

  /// A constraint and its index have the same name.
  private void renameIndexConstraint(CatalogWriter writer, Relation index, String newName) {
    for (CatalogRow row :
        catalog.reader().scan("pg_constraint", r -> r.oid("conindid") == index.oid())) {
      writer.update(row.copy().set("conname", newName));
    }
  }

  private void renameColumn(RenameStmt statement, Steps steps) {
    Relation relation =
        open(Objects.requireNonNull(statement.relation()), statement.missingOk(), steps);
    if (relation == null) {
      return;
    }
    String old = String.valueOf(statement.subname());
    Relation.Column column = relation.column(old);
    if (column == null) {
      throw PgException.error(SqlState.UNDEFINED_COLUMN, "column \"%s\" does not exist", old);
    }
    TableDefinition.refuseSystemColumn(statement.newname());
    if (relation.column(statement.newname()) != null) {
      throw AlterColumns.duplicate(statement.newname(), relation.name());
    }
    if (!new Dependents(catalog).ofColumn(relation, column.attnum()).isEmpty()) {
      throw PgException.notSupported("renaming a column that a view uses");
    }
    CatalogWriter writer = context.writer(steps);
    new RenamedColumn(context, relation, column, statement.newname()).rewrite(writer);
    RelationWriter relations = new RelationWriter(writer);
    relations.updateAttribute(
        relation.oid(), column.attnum(), row -> row.set("attname", statement.newname()));
    for (Relation.Index index : relation.indexes()) {
      List<Integer> attnums = new ArrayList<>();
      index.keys().forEach(key -> attnums.add(key.attnum()));
      attnums.addAll(index.included());
      for (int i = 0; i < attnums.size(); i++) {
        if (attnums.get(i) == column.attnum()) {
          relations.updateAttribute(
              index.oid(), i + 1, row -> row.set("attname", statement.newname()));
        }
      }
    }
    writer.endCommandWithNames(false);
  }

  private void renameConstraint(RenameStmt statement, Steps steps) {
    Relation relation =
        open(Objects.requireNonNull(statement.relation()), statement.missingOk(), steps);
    if (relation == null) {
      return;
    }
    String newName = statement.newname();
    for (Relation.Constraint constraint : relation.constraints()) {
      if (!constraint.name().equals(statement.subname())) {
        continue;
      }
      if (relation.constraints().stream().anyMatch(c -> c.name().equals(newName))) {
        throw PgException.error(
            SqlState.DUPLICATE_OBJECT,
            "constraint \"%s\" for relation \"%s\" already exists",
            newName,
            relation.name());
      }
      CatalogWriter writer = context.writer(steps);
      CatalogRow row =
          catalog.reader().one("pg_constraint", "pg_constraint_oid_index", constraint.oid());
      writer.update(Objects.requireNonNull(row).copy().set("conname", newName));
      if (constraint.indexOid() != 0) {
        if (catalog.find(relation.namespaceOid(), newName) != null) {
          throw CreateTable.duplicate(newName);
        }
        new RelationWriter(writer)
            .updateClass(constraint.indexOid(), r -> r.set("relname", newName));
      }
      writer.endCommandWithNames(false);
      return;
    }
    throw PgException.error(
        SqlState.UNDEFINED_OBJECT,
        "constraint \"%s\" for table \"%s\" does not exist",
        statement.subname(),
        relation.name());
  }

  private void renameSchema(RenameStmt statement, Steps steps) {
    String old =
        switch (statement.object()) {
          case QualifiedName name -> name.names().getLast();
          case Value.Str name -> name.value();
          case null, default -> String.valueOf(statement.subname());
        };
    int oid = context.namespace(old);
    BackendCatalog.Namespace namespace = Objects.requireNonNull(catalog.namespace(oid));
    catalog.rights().checkOwner(namespace.owner(), "schema", old);
    if (statement.newname().startsWith("pg_")) {
      throw PgException.error(
              SqlState.RESERVED_NAME, "unacceptable schema name \"%s\"", statement.newname())
          .detail("The prefix \"pg_\" is reserved for system schemas.");
    }
    if (catalog.namespaceOid(statement.newname()) != 0) {
      throw SchemaCommands.duplicate(statement.newname());
    }
    List<Relation> sequences = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan(
                "pg_class",
                r -> r.oid("relnamespace") == oid && r.letter("relkind") != RelKind.INDEX.code())) {
      Relation relation = Objects.requireNonNull(catalog.byOid(row.oid("oid")));
      if (relation.kind() == RelKind.SEQUENCE) {
        sequences.add(relation);
      } else {
        refuseUsedByView(relation, "renaming the schema of");
      }
    }
    CatalogWriter writer = context.writer(steps);
    renameSequences(writer, sequences, statement.newname());
    CatalogRow row = catalog.reader().one("pg_namespace", "pg_namespace_oid_index", oid);
    writer.update(Objects.requireNonNull(row).copy().set("nspname", statement.newname()));
    writer.endCommandWithNames(false);
  }

  /// The sequences will be in a schema of that name.
  private static void renameSequences(
      CatalogWriter writer, List<Relation> sequences, String schema) {
    Map<Integer, String> names = new HashMap<>();
    sequences.forEach(
        sequence -> names.put(sequence.oid(), SequenceNames.qualified(schema, sequence.name())));
    new SequenceNames(writer).rename(names);
  }

  String prepare(AlterObjectSchemaStmt statement, Steps steps) {
    String tag = "ALTER " + statement.objectType().name().replace('_', ' ');
    RangeVar name = statement.relation();
    if (statement.objectType() == ObjectType.TYPE) {
      new TypeCommands(context)
          .setSchema(Objects.requireNonNull(statement.object()), statement.newschema(), steps);
      return tag;
    }
    if (name == null) {
      throw PgException.notSupported(tag + " ... SET SCHEMA");
    }
    Relation relation = open(name, statement.missingOk(), steps);
    if (relation == null) {
      return tag;
    }
    int namespace = context.namespace(statement.newschema());
    context.checkCreation(namespace, relation.name());
    if (catalog.find(namespace, relation.name()) != null) {
      throw PgException.error(
          SqlState.DUPLICATE_TABLE,
          "relation \"%s\" already exists in schema \"%s\"",
          relation.name(),
          statement.newschema());
    }
    refuseOwnedSequence(relation);
    refuseUsedByView(relation, "moving");
    CatalogWriter writer = context.writer(steps);
    RelationWriter relations = new RelationWriter(writer);
    List<Relation> sequences =
        new ArrayList<>(new Dependents(catalog).ownedSequences(relation.oid()));
    sequences.forEach(sequence ->
        relations.updateClass(sequence.oid(), row -> row.oid("relnamespace", namespace)));
    if (relation.kind() == RelKind.SEQUENCE) {
      sequences.add(relation);
    }
    renameSequences(writer, sequences, statement.newschema());
    relations.updateClass(relation.oid(), row -> row.oid("relnamespace", namespace));
    for (Relation.Index index : relation.indexes()) {
      relations.updateClass(index.oid(), row -> row.oid("relnamespace", namespace));
    }
    for (Relation.Constraint constraint : relation.constraints()) {
      CatalogRow row =
          catalog.reader().one("pg_constraint", "pg_constraint_oid_index", constraint.oid());
      writer.update(Objects.requireNonNull(row).copy().oid("connamespace", namespace));
    }
    writer.endCommandWithNames(false);
    return tag;
  }

  String prepare(AlterOwnerStmt statement, Steps steps) {
    String tag = "ALTER " + statement.objectType().name().replace('_', ' ');
    Role owner = new Roles(context).required(statement.newowner());
    String name =
        statement.object() instanceof QualifiedName q
            ? q.names().getLast()
            : statement.object() instanceof Value.Str s ? s.value() : "";
    switch (statement.objectType()) {
      case SCHEMA -> schemaOwner(name, owner, steps);
      case TYPE ->
          new TypeCommands(context)
              .changeOwner(Objects.requireNonNull(statement.object()), owner, steps);
      case DATABASE -> new DatabaseCommands(context).changeOwner(name, owner, steps);
      case PUBLICATION -> new PublicationCommands(context).changeOwner(name, owner.oid(), steps);
      case SUBSCRIPTION -> new SubscriptionCommands(context).changeOwner(name, owner, steps);
      default -> throw PgException.notSupported(tag + " ... OWNER TO");
    }
    return tag;
  }

  private void schemaOwner(String name, Role owner, Steps steps) {
    int oid = context.namespace(name);
    BackendCatalog.Namespace namespace = Objects.requireNonNull(catalog.namespace(oid));
    catalog.rights().checkOwner(namespace.owner(), "schema", name);
    if (!catalog.superuser() && !catalog.rights().isMember(catalog.userOid(), owner.oid())) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
    }
    CatalogWriter writer = context.writer(steps);
    CatalogRow row = catalog.reader().one("pg_namespace", "pg_namespace_oid_index", oid);
    writer.update(Objects.requireNonNull(row).copy().oid("nspowner", owner.oid()));
    writer.endCommandWithNames(false);
  }
}
