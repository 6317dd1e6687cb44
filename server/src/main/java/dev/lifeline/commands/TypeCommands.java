package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.Role;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.catalog.UserType;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.parser.tree.Node;
import dev.lifeline.parser.tree.QualifiedName;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The commands over types whatever their kind: DROP, RENAME TO, SET SCHEMA, OWNER TO. The array
/// type of a type goes with it in all of them.
final class TypeCommands {
  private static final int NAME_BYTES = 63;

  private final CommandContext context;
  private final BackendCatalog catalog;

  TypeCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  static TypeName named(List<String> names) {
    return new TypeName(names, false, false, List.of(), List.of(), -1);
  }

  /// The type of a statement's name, which a user has made and the role owns, locked.
  UserType owned(Node name) {
    TypeName typeName = name instanceof QualifiedName q ? named(q.names()) : (TypeName) name;
    int oid = oid(typeName);
    UserType type = catalog.types().find(oid);
    if (type == null) {
      throw PgException.error(
          SqlState.INSUFFICIENT_PRIVILEGE, "must be owner of type %s", FormatType.name(oid));
    }
    checkOwner(type);
    catalog.lockObject(false, SystemOids.PG_TYPE, oid, LockMode.EXCLUSIVE);
    return Objects.requireNonNullElse(catalog.types().find(oid), type);
  }

  /// As [#owned], of a type that is not that of arrays, which goes with the one of its elements.
  private UserType alterable(Node name) {
    UserType type = owned(name);
    if (type.elementOid() != 0) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "cannot alter array type %s", FormatType.name(type.oid()))
          .hint(
              "You can alter type %s, which will alter the array type as well.",
              FormatType.name(type.elementOid()));
    }
    return type;
  }

  /// What these commands say of a name does not tell where it is.
  private int oid(TypeName name) {
    return TypeNames.resolve(
            new TypeName(name.names(), false, false, List.of(), name.arrayBounds(), -1), catalog)
        .oid();
  }

  private void checkOwner(UserType type) {
    catalog.rights().checkOwner(type.owner(), "type", catalog.types().shownName(type));
  }

  /// The schema in which a type of this name is to be made, which the role must be allowed to.
  int creationNamespace(List<String> names) {
    int namespace =
        names.size() < 2
            ? catalog.creationNamespace()
            : context.namespace(names.get(names.size() - 2));
    context.checkCreation(namespace, names.getLast());
    return namespace;
  }

  /// A name that no type has, nor a table, whose rows are a type too.
  void checkFree(int namespace, String name) {
    Relation relation = catalog.find(namespace, name);
    boolean ofRows =
        relation != null && (relation.kind().isTable() || relation.viewQuery() != null);
    if (ofRows || catalog.types().find(namespace, name) != null) {
      throw PgException.error(SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", name);
    }
  }

  /// A table's rows are a type of its name, so that no other type may have it.
  static void refuseTypeName(BackendCatalog catalog, int namespace, String relation) {
    if (catalog.types().find(namespace, relation) != null) {
      throw PgException.error(SqlState.DUPLICATE_OBJECT, "type \"%s\" already exists", relation)
          .hint(
              "A relation has an associated type of the same name, so you must use a name that"
                  + " doesn't conflict with any existing type.");
    }
  }

  /// The name of an array type: the one of its elements behind as many underscores as make it
  /// unique.
  String arrayName(int namespace, String name) {
    String candidate = name;
    do {
      candidate = truncated("_" + candidate);
    } while (catalog.types().find(namespace, candidate) != null);
    return candidate;
  }

  private static String truncated(String name) {
    String cut = name;
    while (cut.getBytes(StandardCharsets.UTF_8).length > NAME_BYTES) {
      cut = cut.substring(0, cut.length() - 1);
    }
    return cut;
  }

  /// The rows of a type and of its arrays, in that order.
  private List<CatalogRow> rows(UserType type) {
    List<CatalogRow> rows = new ArrayList<>();
    for (int oid : new int[] {type.oid(), type.oid() + 1}) {
      rows.add(
          Objects.requireNonNull(catalog.reader().one("pg_type", "pg_type_oid_index", oid)).copy());
    }
    return rows;
  }

  private void update(List<CatalogRow> rows, Steps steps) {
    CatalogWriter writer = context.writer(steps);
    rows.forEach(writer::update);
    writer.endCommandWithNames(false);
  }

  void rename(Node object, String newName, Steps steps) {
    UserType type = alterable(object);
    checkFree(type.namespaceOid(), newName);
    List<CatalogRow> rows = rows(type);
    rows.get(0).set("typname", newName);
    rows.get(1).set("typname", arrayName(type.namespaceOid(), newName));
    update(rows, steps);
  }

  void setSchema(Node object, String schema, Steps steps) {
    UserType type = alterable(object);
    int namespace = context.namespace(schema);
    context.checkCreation(namespace, type.name());
    if (namespace == type.namespaceOid()) {
      return;
    }
    if (catalog.types().find(namespace, type.name()) != null) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT,
          "type \"%s\" already exists in schema \"%s\"",
          type.name(),
          schema);
    }
    List<CatalogRow> rows = rows(type);
    rows.forEach(row -> row.oid("typnamespace", namespace));
    update(rows, steps);
  }

  void changeOwner(Node object, Role owner, Steps steps) {
    UserType type = alterable(object);
    if (!catalog.superuser()) {
      if (!catalog.rights().isMember(catalog.userOid(), owner.oid())) {
        throw PgException.error(
            SqlState.INSUFFICIENT_PRIVILEGE, "must be member of role \"%s\"", owner.name());
      }
      context.checkCreatePrivilege(type.namespaceOid());
    }
    List<CatalogRow> rows = rows(type);
    rows.forEach(row -> row.oid("typowner", owner.oid()));
    update(rows, steps);
  }

  void drop(List<Node> objects, boolean missingOk, boolean cascade, Steps steps) {
    List<UserType> doomed = new ArrayList<>();
    for (Node object : objects) {
      UserType type = doomed((TypeName) object, missingOk, steps);
      if (type != null && !doomed.contains(type)) {
        doomed.add(type);
      }
    }
    List<Use> uses = new ArrayList<>();
    List<TypeMentions.Mention> mentions = new ArrayList<>();
    for (UserType type : doomed) {
      List<Use> own = usesOf(type);
      uses.addAll(own);
      mentions.addAll(new TypeMentions(context).of(type, own));
    }
    if (!cascade && !(uses.isEmpty() && mentions.isEmpty())) {
      List<String> reasons = new ArrayList<>(uses.stream().map(Use::reason).toList());
      mentions.forEach(mention -> reasons.add(mention.reason(catalog)));
      throw DropCommands.dependentsStillExist(
          doomed.size() == 1 ? "type " + catalog.types().shownName(doomed.getFirst()) : null,
          reasons);
    }
    refuse(mentions);
    drop(doomed, uses, steps);
  }

  /// Adds the steps that drop types with the columns that are of them.
  private void drop(List<UserType> doomed, List<Use> uses, Steps steps) {
    if (!uses.isEmpty()) {
      PgException notice = DependentKeys.cascades(uses.stream().map(Use::object).toList());
      steps.add(() -> context.session().notice(notice));
    }
    CatalogWriter writer = context.writer(steps);
    uses.forEach(use -> dropColumn(writer, use));
    for (UserType type : doomed) {
      remove(writer, type);
    }
    writer.endCommandWithNames(false);
  }

  /// Columns are dropped with their type, other definitions are not.
  static void refuse(List<TypeMentions.Mention> mentions) {
    if (!mentions.isEmpty()) {
      throw PgException.notSupported(
          "dropping a type together with a %s that names it"
              .formatted(mentions.getFirst().object().split(" ", 2)[0]));
    }
  }

  void dropColumn(CatalogWriter writer, Use use) {
    if (use.relation.viewQuery() != null) {
      throw PgException.notSupported("dropping a type together with views that use it");
    }
    catalog.reopen(use.relation.oid(), LockMode.ACCESS_EXCLUSIVE);
    writer
        .steps()
        .add(() -> {
          Relation now = Objects.requireNonNull(catalog.byOid(use.relation.oid()));
          new AlterColumns(context).drop(writer, now, use.column, true);
        });
  }

  /// Adds the steps that remove the rows of a type that nothing uses.
  void remove(CatalogWriter writer, UserType type) {
    rows(type).forEach(writer::delete);
    writer.deleteAll("pg_enum", "pg_enum_typid_label_index", type.oid());
    new Comments(writer).removeAll(SystemOids.PG_TYPE, type.oid());
  }

  /// Finds, checks and locks one of the types; null where it is missing and may be.
  private @Nullable UserType doomed(TypeName name, boolean missingOk, Steps steps) {
    int oid;
    try {
      oid = oid(name);
    } catch (PgException e) {
      boolean missing =
          e.sqlState() == SqlState.UNDEFINED_OBJECT || e.sqlState() == SqlState.INVALID_SCHEMA_NAME;
      if (!missingOk || !missing) {
        throw e;
      }
      context.notice(steps, SqlState.SUCCESSFUL_COMPLETION, "%s, skipping", e.message());
      return null;
    }
    if (!UserTypes.isUserType(oid)) {
      throw PgException.error(
          SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
          "cannot drop type %s because it is required by the database system",
          FormatType.name(oid));
    }
    UserType type = Objects.requireNonNull(catalog.types().find(oid));
    BackendCatalog.Namespace namespace = catalog.namespace(type.namespaceOid());
    if (namespace == null || !catalog.rights().actsAs(namespace.owner())) {
      checkOwner(type);
    }
    if (type.elementOid() != 0) {
      throw PgException.error(
              SqlState.DEPENDENT_OBJECTS_STILL_EXIST,
              "cannot drop type %s because type %s requires it",
              FormatType.name(oid),
              FormatType.name(type.elementOid()))
          .hint("You can drop type %s instead.", FormatType.name(type.elementOid()));
    }
    catalog.lockObject(false, SystemOids.PG_TYPE, oid, LockMode.ACCESS_EXCLUSIVE);
    return type;
  }

  /// A column of a type, or a view with such a column.
  record Use(Relation relation, Relation.Column column, int type, String object) {
    String reason() {
      return object + " depends on type " + FormatType.name(type);
    }

    /// Whether it is this column of a table.
    boolean isOf(Relation table, int attnum) {
      return relation.oid() == table.oid() && column.attnum() == attnum;
    }
  }

  /// The columns of a type and of arrays of it, those of arrays first, and of one table from the
  /// last to the first: so PostgreSQL finds them.
  List<Use> usesOf(UserType type) {
    List<Use> uses = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan(
                "pg_attribute",
                r ->
                    !r.bool("attisdropped")
                        && (r.oid("atttypid") == type.oid()
                            || r.oid("atttypid") == type.oid() + 1))) {
      Relation relation = catalog.byOid(row.oid("attrelid"));
      if (relation != null && (relation.kind().isTable() || relation.viewQuery() != null)) {
        Relation.Column column = relation.column(row.integer("attnum"));
        String described = new DropCommands(context).describe(relation);
        boolean table = relation.viewQuery() == null;
        uses.add(
            table
                ? new Use(
                    relation,
                    column,
                    column.typeOid(),
                    "column " + column.name() + " of " + described)
                : new Use(relation, column, type.oid(), described));
      }
    }
    uses.sort(
        Comparator.<Use, Boolean>comparing(use -> use.type == type.oid())
            .thenComparingInt(use -> use.relation.oid())
            .thenComparingInt(use -> -use.column.attnum()));
    Set<Integer> views = new HashSet<>();
    uses.removeIf(use -> use.relation.viewQuery() != null && !views.add(use.relation.oid()));
    return uses;
  }

  /// The types of a schema.
  List<UserType> ofSchema(int namespace) {
    List<UserType> found = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .scan("pg_type", r -> r.oid("typnamespace") == namespace && r.oid("typelem") == 0)) {
      found.add(Objects.requireNonNull(catalog.types().find(row.oid("oid"))));
    }
    return found;
  }
}
