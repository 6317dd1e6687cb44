package dev.lifeline.commands;

import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.parser.analyze.TypeNames;
import dev.lifeline.parser.tree.ColumnDef;
import dev.lifeline.parser.tree.Constraint;
import dev.lifeline.parser.tree.DefElem;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FkAction;
import dev.lifeline.parser.tree.FkMatch;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.TableElement;
import dev.lifeline.parser.tree.TableLikeClause;
import dev.lifeline.parser.tree.TypeName;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What stands between the parentheses of CREATE TABLE, or behind ADD COLUMN, taken apart: columns
/// with their types, and all constraints, whether they were written at a column or at the table.
final class TableDefinition {
  static final int COLUMNS_MAX = 1600;

  private static final Set<String> SYSTEM_COLUMNS =
      Set.of("tableoid", "cmax", "xmax", "cmin", "xmin", "ctid");

  /// The pseudo-types that stand for an integer with a sequence.
  private static final Map<String, Integer> SERIAL_TYPES =
      Map.of(
          "smallserial", Types.INT2,
          "serial2", Types.INT2,
          "serial", Types.INT4,
          "serial4", Types.INT4,
          "bigserial", Types.INT8,
          "serial8", Types.INT8);

  private final String table;
  private final SessionCatalog catalog;
  private final List<Column> columns = new ArrayList<>();
  private final List<Key> keys = new ArrayList<>();
  private final List<Check> checks = new ArrayList<>();
  private final List<Foreign> foreignKeys = new ArrayList<>();

  /// The GENERATED ALWAYS AS of the column that is being added.
  private @Nullable Constraint generation;

  /// A column as it was written. One that is `serial` has its default from a sequence of its own;
  /// `identity` is `a`, `d` or 0; one that is `generated` is computed by its `defaultExpr`.
  static final class Column {
    final String name;
    final PgType type;
    final int typmod;
    final boolean serial;
    final int location;
    boolean notNull;
    boolean nullable;
    char identity;
    char generated;
    List<DefElem> sequenceOptions = List.of();
    @Nullable Expr defaultExpr;

    Column(String name, PgType type, int typmod, boolean serial, int location) {
      this.name = name;
      this.type = type;
      this.typmod = typmod;
      this.serial = serial;
      this.location = location;
    }
  }

  /// A primary key or a unique constraint.
  record Key(
      @Nullable String name,
      boolean primary,
      List<String> columns,
      List<String> included,
      boolean nullsNotDistinct,
      List<DefElem> options,
      int location) {}

  /// A check constraint.
  ///
  /// @param column the column at which it was written, or null
  record Check(@Nullable String name, Expr expr, @Nullable String column, int location) {}

  /// A foreign key.
  ///
  /// @param referencedColumns empty: those of the primary key
  /// @param setColumns which ones ON DELETE SET ... sets; empty: all
  record Foreign(
      @Nullable String name,
      List<String> columns,
      RangeVar referenced,
      List<String> referencedColumns,
      FkMatch match,
      FkAction onUpdate,
      FkAction onDelete,
      List<String> setColumns,
      boolean deferrable,
      boolean deferred,
      boolean skipValidation) {}

  TableDefinition(String table, SessionCatalog catalog) {
    this.catalog = catalog;
    this.table = table;
  }

  List<Column> columns() {
    return columns;
  }

  List<Key> keys() {
    return keys;
  }

  List<Check> checks() {
    return checks;
  }

  List<Foreign> foreignKeys() {
    return foreignKeys;
  }

  void add(TableElement element) {
    switch (element) {
      case ColumnDef column -> addColumn(column);
      case Constraint constraint -> addTableConstraint(constraint);
      case TableLikeClause like ->
          throw new IllegalArgumentException("LIKE is taken apart where the catalogs are");
    }
  }

  /// Adds a column of which nothing but the type is said.
  Column addColumn(String name, PgType type, int typmod) {
    checkName(name);
    refusePseudoType(name, type);
    Column column = new Column(name, type, typmod, false, -1);
    columns.add(column);
    return column;
  }

  /// Refuses the names that every table has columns of already.
  static void refuseSystemColumn(String name) {
    if (SYSTEM_COLUMNS.contains(name)) {
      throw PgException.error(
          SqlState.DUPLICATE_COLUMN,
          "column name \"%s\" conflicts with a system column name",
          name);
    }
  }

  private void checkName(String name) {
    refuseSystemColumn(name);
    for (Column other : columns) {
      if (other.name.equals(name)) {
        throw PgException.error(
            SqlState.DUPLICATE_COLUMN, "column \"%s\" specified more than once", name);
      }
    }
  }

  private static void refusePseudoType(String column, PgType type) {
    if (type.isPseudo()) {
      throw PgException.error(
          SqlState.INVALID_TABLE_DEFINITION,
          "column \"%s\" has pseudo-type %s",
          column,
          type.name());
    }
  }

  void addColumn(ColumnDef def) {
    checkName(def.colname());
    if (columns.size() == COLUMNS_MAX) {
      throw PgException.error(
          SqlState.TOO_MANY_COLUMNS, "tables can have at most %d columns", COLUMNS_MAX);
    }
    refuseUnknownForms(def);
    Column column = column(def);
    columns.add(column);
    List<Constraint> constraints = ColumnConstraints.withAttributes(def.constraints());
    for (Constraint constraint : constraints) {
      addColumnConstraint(column, constraint);
    }
    if (column.defaultExpr == null && def.rawDefault() != null) {
      column.defaultExpr = def.rawDefault();
    }
    Constraint computed = generation;
    if (computed != null) {
      generation = null;
      addGeneration(column, computed);
    }
  }

  private void addGeneration(Column column, Constraint constraint) {
    boolean hasDefault = column.defaultExpr != null || column.serial;
    if (hasDefault || column.identity != 0) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR,
              "both %s and generation expression specified for column \"%s\" of table \"%s\"",
              hasDefault ? "default" : "identity",
              column.name,
              table)
          .at(constraint.location());
    }
    column.defaultExpr = constraint.rawExpr();
  }

  private static void refuseUnknownForms(ColumnDef def) {
    if (def.collClause() != null) {
      String collation = def.collClause().collname().getLast();
      if (!Set.of("C", "POSIX", "default", "ucs_basic").contains(collation)) {
        throw PgException.notSupported("collation \"" + collation + "\"")
            .at(def.collClause().location());
      }
    }
    if (def.compression() != null) {
      throw PgException.notSupported("column compression");
    }
    if (def.storageName() != null) {
      throw PgException.notSupported("column storage");
    }
    if (!def.fdwoptions().isEmpty()) {
      throw PgException.notSupported("column options");
    }
  }

  /// The type alone that a column is to have; a serial type is none.
  static Column typeOf(ColumnDef def, SessionCatalog catalog) {
    TypeName typeName = Objects.requireNonNull(def.typeName());
    TypeNames.Resolved resolved = TypeNames.resolve(typeName, catalog);
    PgType type = Types.get(resolved.oid());
    refusePseudoType(def.colname(), type);
    return new Column(def.colname(), type, resolved.typmod(), false, def.location());
  }

  private Column column(ColumnDef def) {
    TypeName typeName = def.typeName();
    if (typeName == null) {
      throw PgException.notSupported("a column without a type").at(def.location());
    }
    Integer serial =
        typeName.names().size() == 1 && typeName.typmods().isEmpty()
            ? SERIAL_TYPES.get(typeName.names().getFirst())
            : null;
    if (serial != null) {
      if (!typeName.arrayBounds().isEmpty()) {
        throw PgException.error(
                SqlState.FEATURE_NOT_SUPPORTED, "array of serial is not implemented")
            .at(typeName.location());
      }
      Column column = new Column(def.colname(), Types.get(serial), -1, true, def.location());
      column.notNull = true;
      return column;
    }
    TypeNames.Resolved resolved = TypeNames.resolve(typeName, catalog);
    PgType type = Types.get(resolved.oid());
    refusePseudoType(def.colname(), type);
    return new Column(def.colname(), type, resolved.typmod(), false, def.location());
  }

  private void addColumnConstraint(Column column, Constraint constraint) {
    int location = constraint.location();
    switch (constraint.contype()) {
      case NULL -> {
        if (column.notNull) {
          throw conflictingNull(column, location);
        }
        column.nullable = true;
      }
      case NOTNULL -> {
        if (column.nullable) {
          throw conflictingNull(column, location);
        }
        column.notNull = true;
      }
      case DEFAULT -> {
        if (column.defaultExpr != null || column.serial) {
          throw PgException.error(
                  SqlState.SYNTAX_ERROR,
                  "multiple default values specified for column \"%s\" of table \"%s\"",
                  column.name,
                  table)
              .at(location);
        }
        column.defaultExpr = constraint.rawExpr();
      }
      case IDENTITY -> addIdentity(column, constraint);
      case CHECK -> addCheck(constraint, column.name);
      case PRIMARY, UNIQUE -> {
        refuseDeferrable(constraint);
        addKey(constraint, List.of(column.name));
      }
      case GENERATED -> {
        if (column.generated != 0) {
          throw PgException.error(
                  SqlState.SYNTAX_ERROR,
                  "multiple generation clauses specified for column \"%s\" of table \"%s\"",
                  column.name,
                  table)
              .at(location);
        }
        column.generated = 's';
        generation = constraint;
      }
      case FOREIGN -> addForeign(constraint, List.of(column.name));
      case EXCLUSION -> throw PgException.notSupported("an exclusion constraint").at(location);
      case ATTR_DEFERRABLE, ATTR_DEFERRED, ATTR_NOT_DEFERRABLE, ATTR_IMMEDIATE -> {
        // They are part of the constraint before them now.
      }
    }
  }

  private PgException conflictingNull(Column column, int location) {
    return PgException.error(
            SqlState.SYNTAX_ERROR,
            "conflicting NULL/NOT NULL declarations for column \"%s\" of table \"%s\"",
            column.name,
            table)
        .at(location);
  }

  private void addIdentity(Column column, Constraint constraint) {
    if (column.identity != 0) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR,
              "multiple identity specifications for column \"%s\" of table \"%s\"",
              column.name,
              table)
          .at(constraint.location());
    }
    checkIdentityType(column.type.oid());
    column.identity = constraint.generatedAlways() ? 'a' : 'd';
    column.sequenceOptions = constraint.options();
    column.notNull = true;
  }

  static void checkIdentityType(int type) {
    if (!Set.of(Types.INT2, Types.INT4, Types.INT8).contains(type)) {
      throw PgException.error(
          SqlState.INVALID_PARAMETER_VALUE,
          "identity column type must be smallint, integer, or bigint");
    }
  }

  void addTableConstraint(Constraint constraint) {
    int location = constraint.location();
    if (constraint.contype() != Constraint.Type.FOREIGN) {
      refuseDeferrable(constraint);
    }
    switch (constraint.contype()) {
      case PRIMARY, UNIQUE -> addKey(constraint, constraint.keys());
      case CHECK -> addCheck(constraint, null);
      case FOREIGN -> addForeign(constraint, constraint.fkAttrs());
      case EXCLUSION -> throw PgException.notSupported("an exclusion constraint").at(location);
      default -> throw PgException.notSupported("this constraint").at(location);
    }
  }

  private static void refuseDeferrable(Constraint constraint) {
    if (constraint.deferrable() || constraint.initdeferred()) {
      throw PgException.notSupported("a deferrable constraint").at(constraint.location());
    }
  }

  private void addKey(Constraint constraint, List<String> columnNames) {
    boolean primary = constraint.contype() == Constraint.Type.PRIMARY;
    if (primary && keys.stream().anyMatch(Key::primary)) {
      throw multiplePrimaryKeys(table).at(constraint.location());
    }
    if (constraint.indexspace() != null) {
      throw PgException.notSupported("USING INDEX TABLESPACE").at(constraint.location());
    }
    keys.add(
        new Key(
            constraint.conname(),
            primary,
            columnNames,
            constraint.including(),
            constraint.nullsNotDistinct(),
            constraint.options(),
            constraint.location()));
  }

  private void addForeign(Constraint constraint, List<String> columnNames) {
    foreignKeys.add(
        new Foreign(
            constraint.conname(),
            columnNames,
            Objects.requireNonNull(constraint.pktable()),
            constraint.pkAttrs(),
            constraint.fkMatchtype(),
            constraint.fkUpdAction(),
            constraint.fkDelAction(),
            constraint.fkDelSetCols(),
            constraint.deferrable(),
            constraint.initdeferred(),
            constraint.skipValidation()));
  }

  static PgException multiplePrimaryKeys(String table) {
    return PgException.error(
        SqlState.INVALID_TABLE_DEFINITION,
        "multiple primary keys for table \"%s\" are not allowed",
        table);
  }

  private void addCheck(Constraint constraint, @Nullable String column) {
    Expr expr = constraint.rawExpr();
    if (expr == null) {
      throw PgException.notSupported("a check without an expression").at(constraint.location());
    }
    checks.add(new Check(constraint.conname(), expr, column, constraint.location()));
  }
}
