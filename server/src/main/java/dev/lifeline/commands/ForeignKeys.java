package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.ForeignKeyWriter;
import dev.lifeline.catalog.Privilege;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Relation;
import dev.lifeline.parser.tree.FkAction;
import dev.lifeline.parser.tree.FkMatch;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.adt.UserTypes;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgCast;
import dev.lifeline.utils.fmgr.PgOperator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Adds foreign keys to tables.
final class ForeignKeys {
  private final CommandContext context;
  private final BackendCatalog catalog;

  ForeignKeys(CommandContext context) {
    this.context = context;
    this.catalog = context.catalog();
  }

  /// Adds the steps that give a table its foreign keys. To be called when the table is there.
  ///
  /// @param validate whether its rows are to be checked
  void create(
      CatalogWriter writer, int table, List<TableDefinition.Foreign> keys, boolean validate) {
    for (TableDefinition.Foreign key : keys) {
      writer.steps().add(() -> create(writer, table, key, validate));
    }
  }

  private void create(
      CatalogWriter writer, int oid, TableDefinition.Foreign definition, boolean validate) {
    RangeVar name = definition.referenced();
    context.checkDatabase(name);
    Relation referenced =
        catalog.open(name.schemaname(), name.relname(), -1, LockMode.SHARE_ROW_EXCLUSIVE);
    Relation table = Objects.requireNonNull(catalog.byOid(oid));
    checkReferenced(table, referenced);
    List<Integer> columns = columns(table, definition.columns());
    List<Integer> set = setColumns(table, columns, definition.setColumns());
    List<Integer> others = new ArrayList<>(columns(referenced, definition.referencedColumns()));
    int index = others.isEmpty() ? primaryKey(referenced, others) : uniqueIndex(referenced, others);
    checkRights(referenced, others);
    checkGenerated(table, columns, definition);
    if (columns.size() != others.size()) {
      throw PgException.error(
          SqlState.INVALID_FOREIGN_KEY,
          "number of referencing and referenced columns for foreign key disagree");
    }
    String constraint = constraintName(table, definition, columns);
    ForeignKeyWriter.Operators operators =
        operators(constraint, table, columns, referenced, others);
    ForeignKey key =
        new ForeignKey(
            0,
            constraint,
            table.oid(),
            columns,
            referenced.oid(),
            others,
            index,
            match(definition.match()),
            action(definition.onUpdate()),
            action(definition.onDelete()),
            set,
            definition.deferrable(),
            definition.deferred(),
            !definition.skipValidation());
    if (validate && !definition.skipValidation()) {
      writer.steps().add(new ValidateForeignKey(context, key));
    }
    new ForeignKeyWriter(writer).create(key, table.namespaceOid(), operators);
    writer.endCommandWithNames(false);
  }

  private void checkReferenced(Relation table, Relation referenced) {
    if (referenced.kind() != RelKind.TABLE) {
      throw PgException.error(
          SqlState.WRONG_OBJECT_TYPE,
          "referenced relation \"%s\" is not a table",
          referenced.name());
    }
    SystemObjects.refuse(referenced);
    if (table.persistence() == 'p' && referenced.persistence() != 'p') {
      throw PgException.error(
          SqlState.INVALID_TABLE_DEFINITION,
          "constraints on permanent tables may reference only permanent tables");
    }
    if (table.persistence() == 't' && referenced.persistence() != 't') {
      throw PgException.error(
          SqlState.INVALID_TABLE_DEFINITION,
          "constraints on temporary tables may reference only temporary tables");
    }
  }

  /// What is computed cannot be set to something else.
  private static void checkGenerated(
      Relation table, List<Integer> columns, TableDefinition.Foreign definition) {
    if (columns.stream().noneMatch(attnum -> table.column(attnum).isGenerated())) {
      return;
    }
    boolean update =
        switch (definition.onUpdate()) {
          case CASCADE, SET_NULL, SET_DEFAULT -> true;
          case NO_ACTION, RESTRICT -> false;
        };
    boolean delete =
        switch (definition.onDelete()) {
          case SET_NULL, SET_DEFAULT -> true;
          case NO_ACTION, RESTRICT, CASCADE -> false;
        };
    if (update || delete) {
      throw PgException.error(
          SqlState.SYNTAX_ERROR,
          "invalid %s action for foreign key constraint containing generated column",
          update ? "ON UPDATE" : "ON DELETE");
    }
  }

  private void checkRights(Relation referenced, List<Integer> columns) {
    if (!columns.isEmpty()) {
      catalog.checkAccess(referenced, Privilege.REFERENCES);
    }
  }

  private static List<Integer> columns(Relation relation, List<String> names) {
    if (names.size() > IndexKeys.KEYS_MAX) {
      throw PgException.error(
          SqlState.TOO_MANY_COLUMNS,
          "cannot have more than %d keys in a foreign key",
          IndexKeys.KEYS_MAX);
    }
    List<Integer> columns = new ArrayList<>();
    for (String name : names) {
      Relation.Column column = relation.column(name);
      if (column == null) {
        if (Set.of("tableoid", "cmax", "xmax", "cmin", "xmin", "ctid").contains(name)) {
          throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "system columns cannot be used in foreign keys");
        }
        throw PgException.error(
            SqlState.UNDEFINED_COLUMN,
            "column \"%s\" referenced in foreign key constraint does not exist",
            name);
      }
      columns.add(column.attnum());
    }
    return columns;
  }

  private static List<Integer> setColumns(
      Relation table, List<Integer> columns, List<String> names) {
    List<Integer> set = new ArrayList<>();
    List<Integer> found = columns(table, names);
    for (int i = 0; i < found.size(); i++) {
      if (!columns.contains(found.get(i))) {
        throw PgException.error(
            SqlState.INVALID_COLUMN_REFERENCE,
            "column \"%s\" referenced in ON DELETE SET action must be part of foreign key",
            names.get(i));
      }
      if (!set.contains(found.get(i))) {
        set.add(found.get(i));
      }
    }
    return set;
  }

  /// Finds the primary key and puts its columns into the list.
  private static int primaryKey(Relation referenced, List<Integer> columns) {
    Relation.Index index = referenced.primaryKey();
    if (index == null) {
      throw PgException.error(
          SqlState.UNDEFINED_OBJECT,
          "there is no primary key for referenced table \"%s\"",
          referenced.name());
    }
    index.keys().forEach(key -> columns.add(key.attnum()));
    return index.oid();
  }

  private static int uniqueIndex(Relation referenced, List<Integer> columns) {
    Set<Integer> wanted = new HashSet<>(columns);
    if (wanted.size() != columns.size()) {
      throw PgException.error(
          SqlState.INVALID_FOREIGN_KEY,
          "foreign key referenced-columns list must not contain duplicates");
    }
    for (Relation.Index index : referenced.indexes()) {
      if (index.isUniqueKey()
          && index.keys().size() == wanted.size()
          && index.keys().stream().allMatch(key -> wanted.contains(key.attnum()))) {
        return index.oid();
      }
    }
    throw PgException.error(
        SqlState.INVALID_FOREIGN_KEY,
        "there is no unique constraint matching given keys for referenced table \"%s\"",
        referenced.name());
  }

  private static String constraintName(
      Relation table, TableDefinition.Foreign definition, List<Integer> columns) {
    Set<String> taken = new HashSet<>();
    table.constraints().forEach(constraint -> taken.add(constraint.name()));
    String given = definition.name();
    if (given == null) {
      List<Relation.IndexKey> keys =
          columns.stream().map(attnum -> new Relation.IndexKey(attnum, false, false)).toList();
      return ObjectNames.choose(
          table.name(),
          IndexKeys.joinedNames(table.columns(), keys, List.of()),
          "fkey",
          taken::contains);
    }
    if (taken.contains(given)) {
      throw PgException.error(
          SqlState.DUPLICATE_OBJECT,
          "constraint \"%s\" for relation \"%s\" already exists",
          given,
          table.name());
    }
    return given;
  }

  /// The equality operators of a referenced column with the one that refers.
  private static ForeignKeyWriter.Operators operators(
      String constraint,
      Relation table,
      List<Integer> columns,
      Relation referenced,
      List<Integer> others) {
    List<Integer> across = new ArrayList<>();
    List<Integer> same = new ArrayList<>();
    List<Integer> own = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      Relation.Column left = referenced.column(others.get(i));
      Relation.Column right = table.column(columns.get(i));
      PgOperator exact = equality(left.typeOid(), left.typeOid());
      PgOperator mixed = equality(left.typeOid(), right.typeOid());
      if (mixed == null && converts(right.typeOid(), left.typeOid())) {
        mixed = exact;
      }
      if (mixed == null || exact == null) {
        throw incompatible(constraint, right, left);
      }
      PgOperator referring = equality(right.typeOid(), right.typeOid());
      across.add(mixed.oid());
      same.add(exact.oid());
      own.add(referring == null ? exact.oid() : referring.oid());
    }
    return new ForeignKeyWriter.Operators(across, same, own);
  }

  private static PgException incompatible(
      String constraint, Relation.Column column, Relation.Column referenced) {
    return PgException.error(
            SqlState.DATATYPE_MISMATCH,
            "foreign key constraint \"%s\" cannot be implemented",
            constraint)
        .detail(
            "Key columns \"%s\" and \"%s\" are of incompatible types: %s and %s.",
            column.name(),
            referenced.name(),
            FormatType.name(column.typeOid()),
            FormatType.name(referenced.typeOid()));
  }

  private static @Nullable PgOperator equality(int left, int right) {
    PgOperator found = BootstrapCatalog.operator("=", comparable(left), comparable(right));
    if (left == right && UserTypes.isEnum(left)) {
      return BootstrapCatalog.operator("=", Types.ANYENUM, Types.ANYENUM);
    }
    boolean arrays = Types.get(left).isArray() && left == right;
    return arrays ? BootstrapCatalog.operator("=", Types.ANYARRAY, Types.ANYARRAY) : found;
  }

  /// A varchar is compared as a text.
  private static int comparable(int type) {
    return type == Types.VARCHAR ? Types.TEXT : type;
  }

  private static boolean converts(int from, int to) {
    PgCast cast = BootstrapCatalog.cast(from, comparable(to));
    return cast != null && cast.context() == 'i';
  }

  private static char match(FkMatch match) {
    return switch (match) {
      case SIMPLE -> 's';
      case FULL -> ForeignKey.MATCH_FULL;
      case PARTIAL ->
          throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "MATCH PARTIAL not yet implemented");
    };
  }

  private static char action(FkAction action) {
    return switch (action) {
      case NO_ACTION -> ForeignKey.NO_ACTION;
      case RESTRICT -> ForeignKey.RESTRICT;
      case CASCADE -> ForeignKey.CASCADE;
      case SET_NULL -> ForeignKey.SET_NULL;
      case SET_DEFAULT -> ForeignKey.SET_DEFAULT;
    };
  }
}
