package dev.lifeline.executor.trigger;

import dev.lifeline.catalog.ForeignKey;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// The queries that a foreign key asks, in the words in which an error's context tells them.
enum RiQuery {
  /// The row that is referred to, locked so that its key stays.
  REFERENCED,
  /// Whether there is another row with the key that a row has lost.
  REFERENCED_BY_OLD_KEY,
  /// The rows that refer to a key.
  REFERRING,
  DELETE_CASCADE,
  UPDATE_CASCADE,
  SET_NULL_ON_DELETE,
  SET_NULL_ON_UPDATE,
  SET_DEFAULT_ON_DELETE,
  SET_DEFAULT_ON_UPDATE;

  /// A query and the types of its parameters.
  record Text(String sql, List<Integer> types) {
    Text {
      types = List.copyOf(types);
    }

    int[] parameterTypes() {
      return types.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  Text text(ForeignKey key, SessionCatalog catalog) {
    Relation table = table(key.tableOid(), catalog);
    Relation referenced = table(key.referencedOid(), catalog);
    List<Integer> own = types(table, key.columns());
    List<Integer> others = types(referenced, key.referencedColumns());
    return switch (this) {
      case REFERENCED -> new Text(referenced(referenced, key), own);
      case REFERENCED_BY_OLD_KEY -> new Text(referenced(referenced, key), others);
      case REFERRING ->
          new Text(
              "SELECT 1 FROM ONLY "
                  + name(table)
                  + " x WHERE "
                  + refers(table, key.columns(), 0)
                  + " FOR KEY SHARE OF x",
              others);
      case DELETE_CASCADE ->
          new Text(
              "DELETE FROM ONLY " + name(table) + " WHERE " + refers(table, key.columns(), 0),
              others);
      case UPDATE_CASCADE -> {
        List<String> sets = new ArrayList<>();
        for (int i = 0; i < key.columns().size(); i++) {
          sets.add(column(table, key.columns().get(i)) + " = $" + (i + 1));
        }
        List<Integer> both = new ArrayList<>(others);
        both.addAll(others);
        yield new Text(update(table, sets, refers(table, key.columns(), sets.size())), both);
      }
      case SET_NULL_ON_DELETE -> set(table, key, key.columnsSetOnDelete(), "NULL", others);
      case SET_NULL_ON_UPDATE -> set(table, key, key.columns(), "NULL", others);
      case SET_DEFAULT_ON_DELETE -> set(table, key, key.columnsSetOnDelete(), "DEFAULT", others);
      case SET_DEFAULT_ON_UPDATE -> set(table, key, key.columns(), "DEFAULT", others);
    };
  }

  private static Text set(
      Relation table, ForeignKey key, List<Integer> columns, String value, List<Integer> types) {
    List<String> sets = columns.stream().map(c -> column(table, c) + " = " + value).toList();
    return new Text(update(table, sets, refers(table, key.columns(), 0)), types);
  }

  private static String update(Relation table, List<String> sets, String condition) {
    return "UPDATE ONLY " + name(table) + " SET " + String.join(", ", sets) + " WHERE " + condition;
  }

  private static String referenced(Relation referenced, ForeignKey key) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < key.referencedColumns().size(); i++) {
      conditions.add(
          column(referenced, key.referencedColumns().get(i))
              + " OPERATOR(pg_catalog.=) $"
              + (i + 1));
    }
    return "SELECT 1 FROM ONLY "
        + name(referenced)
        + " x WHERE "
        + String.join(" AND ", conditions)
        + " FOR KEY SHARE OF x";
  }

  /// The condition of the rows that refer to a key, whose values are parameters.
  ///
  /// @param before how many parameters there are before these
  private static String refers(Relation table, List<Integer> columns, int before) {
    List<String> conditions = new ArrayList<>();
    for (int i = 0; i < columns.size(); i++) {
      conditions.add(
          "$" + (before + i + 1) + " OPERATOR(pg_catalog.=) " + column(table, columns.get(i)));
    }
    return String.join(" AND ", conditions);
  }

  static Relation table(int oid, SessionCatalog catalog) {
    Relation relation = catalog.byOid(oid);
    if (relation == null) {
      throw PgException.error(SqlState.UNDEFINED_TABLE, "could not open relation with OID %d", oid);
    }
    return relation;
  }

  private static List<Integer> types(Relation relation, List<Integer> columns) {
    return columns.stream().map(c -> relation.column(c).typeOid()).toList();
  }

  static String name(Relation relation) {
    return quoted(relation.namespace()) + "." + quoted(relation.name());
  }

  static String column(Relation relation, int attnum) {
    return quoted(relation.column(attnum).name());
  }

  /// Always in quotes, as PostgreSQL writes these queries.
  private static String quoted(String name) {
    return "\"" + name.replace("\"", "\"\"") + "\"";
  }
}
