package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.DependencyWriter;
import dev.lifeline.catalog.Steps;
import dev.lifeline.catalog.SystemOids;
import dev.lifeline.catalog.UserType;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.parser.tree.AlterEnumStmt;
import dev.lifeline.parser.tree.CreateEnumStmt;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.utils.adt.EnumLabels;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// CREATE TYPE ... AS ENUM, ALTER TYPE ... ADD VALUE and RENAME VALUE.
final class EnumCommands {
  private static final int LABEL_BYTES = 63;

  private final CommandContext context;
  private final BackendCatalog catalog;

  EnumCommands(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  String prepare(CreateEnumStmt statement, Steps steps) {
    TypeCommands types = new TypeCommands(context);
    String name = statement.typeName().getLast();
    int namespace = types.creationNamespace(statement.typeName());
    types.checkFree(namespace, name);
    CatalogWriter writer = context.writer(steps);
    int oid = newTypeOid(writer);
    writer.insert(row(writer, Types.get(oid), name, namespace));
    writer.insert(
        row(writer, Types.get(oid + 1), types.arrayName(namespace, name), namespace)
            .oid("typsubscript", Types.get(oid + 1).subscriptOid()));
    DependencyWriter dependencies = new DependencyWriter(writer);
    dependencies.add(SystemOids.PG_TYPE, oid + 1, SystemOids.PG_TYPE, oid, 0, 'i');
    float order = 1;
    for (String label : statement.vals()) {
      checkLabel(label);
      insert(writer, writer.newOid(), oid, order++, label);
    }
    writer.endCommandWithNames(false);
    return "CREATE TYPE";
  }

  /// An even oid that the next one is free with, see [UserTypes].
  private static int newTypeOid(CatalogWriter writer) {
    int oid = writer.newOid();
    while (true) {
      int next = writer.newOid();
      if (UserTypes.isEnum(oid) && next == oid + 1) {
        return oid;
      }
      oid = next;
    }
  }

  private CatalogRow row(CatalogWriter writer, PgType type, String name, int namespace) {
    return writer
        .blank("pg_type")
        .oid("oid", type.oid())
        .set("typname", name)
        .oid("typnamespace", namespace)
        .oid("typowner", catalog.userOid())
        .set("typlen", type.length())
        .set("typbyval", type.byValue())
        .set("typtype", type.kind())
        .set("typcategory", type.category())
        .set("typisdefined", true)
        .set("typdelim", type.delimiter())
        .oid("typelem", type.elementOid())
        .oid("typarray", type.arrayOid())
        .oid("typinput", type.inputOid())
        .oid("typoutput", type.outputOid())
        .oid("typreceive", type.receiveOid())
        .oid("typsend", type.sendOid())
        .set("typalign", type.align())
        .set("typstorage", type.storage())
        .set("typtypmod", -1);
  }

  private static void insert(CatalogWriter writer, int oid, int type, float order, String label) {
    writer.insert(
        writer
            .blank("pg_enum")
            .oid("oid", oid)
            .oid("enumtypid", type)
            .set("enumsortorder", (double) order)
            .set("enumlabel", label));
  }

  private static void checkLabel(String label) {
    if (label.getBytes(StandardCharsets.UTF_8).length > LABEL_BYTES) {
      throw PgException.error(SqlState.INVALID_NAME, "invalid enum label \"%s\"", label)
          .detail("Labels must be %s bytes or less.", Integer.toString(LABEL_BYTES));
    }
  }

  String prepare(AlterEnumStmt statement, Steps steps) {
    TypeName name = TypeCommands.named(statement.typeName());
    int oid = TypeNames.resolve(name, catalog).oid();
    if (!UserTypes.isEnum(oid)) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE, "%s is not an enum", FormatType.name(oid));
    }
    UserType type = new TypeCommands(context).owned(name);
    EnumLabels labels = catalog.types().labels(type.oid());
    if (statement.oldVal() != null) {
      rename(type, labels, statement.oldVal(), statement.newVal(), steps);
    } else {
      add(type, labels, statement, steps);
    }
    return "ALTER TYPE";
  }

  private void add(UserType type, EnumLabels labels, AlterEnumStmt statement, Steps steps) {
    String label = statement.newVal();
    checkLabel(label);
    if (labels.find(label) != null) {
      if (!statement.skipIfNewValExists()) {
        throw duplicate(label);
      }
      context.notice(
          steps, SqlState.DUPLICATE_OBJECT, "enum label \"%s\" already exists, skipping", label);
      return;
    }
    CatalogWriter writer = context.writer(steps);
    int oid = writer.newOid();
    insert(writer, oid, type.oid(), newOrder(labels.labels(), statement), label);
    steps.add(() -> catalog.types().added(oid));
    writer.endCommandWithNames(false);
  }

  private static PgException duplicate(String label) {
    return PgException.error(SqlState.DUPLICATE_OBJECT, "enum label \"%s\" already exists", label);
  }

  private static PgException missing(String label) {
    return PgException.error(
        SqlState.INVALID_PARAMETER_VALUE, "\"%s\" is not an existing enum label", label);
  }

  private static float newOrder(List<EnumLabels.Label> labels, AlterEnumStmt statement) {
    String neighbour = statement.newValNeighbor();
    if (neighbour == null) {
      return labels.isEmpty() ? 1 : labels.getLast().order() + 1;
    }
    int at = 0;
    while (at < labels.size() && !labels.get(at).text().equals(neighbour)) {
      at++;
    }
    if (at == labels.size()) {
      throw missing(neighbour);
    }
    float order = labels.get(at).order();
    int other = statement.newValIsAfter() ? at + 1 : at - 1;
    if (other < 0) {
      return order - 1;
    }
    if (other == labels.size()) {
      return order + 1;
    }
    float between = (order + labels.get(other).order()) / 2;
    if (between == order || between == labels.get(other).order()) {
      // Numbers are what the values are stored as, so that they cannot be given out anew.
      throw PgException.notSupported("one more value between these two of an enum type");
    }
    return between;
  }

  private void rename(UserType type, EnumLabels labels, String from, String to, Steps steps) {
    checkLabel(to);
    EnumLabels.Label old = labels.find(from);
    if (old == null) {
      throw missing(from);
    }
    if (labels.find(to) != null) {
      throw duplicate(to);
    }
    CatalogRow row = catalog.reader().one("pg_enum", "pg_enum_typid_label_index", type.oid(), from);
    CatalogWriter writer = context.writer(steps);
    writer.update(Objects.requireNonNull(row).copy().set("enumlabel", to));
    new TypeMentions(context).rename(writer, type, from, to);
    writer.endCommandWithNames(false);
  }
}
