package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.List;

/// Makes FROM clauses.
final class Sources {
  private static final List<SqlType> DERIVED =
      List.of(
          SqlType.INT4, SqlType.TEXT, SqlType.INT8, SqlType.NUMERIC, SqlType.BOOL, SqlType.DATE);

  private final Dice dice;
  private final List<Table> tables;
  private final Queries queries;
  private int aliases;

  Sources(Dice dice, List<Table> tables, Queries queries) {
    this.dice = dice;
    this.tables = tables;
    this.queries = queries;
  }

  /// A FROM clause.
  ///
  /// @param columns what may be read of it
  /// @param key columns that tell its rows apart, or none
  record Source(String sql, List<Column> columns, List<Column> key) {}

  String alias() {
    return "r" + ++aliases;
  }

  /// @param outer what a LATERAL subquery may read besides
  Source source(List<Column> outer, int depth) {
    int choice = dice.below(100);
    if (choice < 45 || depth <= 0) {
      return table();
    }
    if (choice < 85) {
      return join(outer, depth);
    }
    return single(outer, depth);
  }

  Source table() {
    Table table = dice.pick(tables);
    String alias = alias();
    List<Column> columns = table.columns().stream().map(column -> column.of(alias)).toList();
    return new Source(table.name() + " AS " + alias, columns, List.of(columns.getFirst()));
  }

  private Source single(List<Column> outer, int depth) {
    String alias = alias();
    return switch (dice.below(8)) {
      case 0 -> {
        String last = dice.percent(50) ? "5" : "length('abc')";
        yield new Source(
            "generate_series(1, " + last + ") AS " + alias + "(n)",
            List.of(new Column(alias + ".n", SqlType.INT4)),
            List.of(new Column(alias + ".n", SqlType.INT4)));
      }
      case 1 ->
          new Source(
              "unnest("
                  + SqlType.TEXT_ARRAY.literal(dice)
                  + ") WITH ORDINALITY AS "
                  + alias
                  + "(v, o)",
              List.of(
                  new Column(alias + ".v", SqlType.TEXT), new Column(alias + ".o", SqlType.INT8)),
              List.of(new Column(alias + ".o", SqlType.INT8)));
      case 2 -> values(alias);
      case 3, 4 -> derived(alias, List.of(), "", depth);
      case 5 -> derived(alias, outer, outer.isEmpty() ? "" : "LATERAL ", depth);
      default -> table();
    };
  }

  private Source values(String alias) {
    List<SqlType> types = List.of(dice.pick(DERIVED), dice.pick(DERIVED));
    List<String> rows = new ArrayList<>();
    for (int i = dice.between(1, 4); i > 0; i--) {
      rows.add(
          "("
              + types.get(0).literal(dice)
              + ", "
              + (dice.percent(10) ? "NULL" : types.get(1).literal(dice))
              + ")");
    }
    return new Source(
        "(VALUES " + String.join(", ", rows) + ") AS " + alias + "(a, b)",
        List.of(new Column(alias + ".a", types.get(0)), new Column(alias + ".b", types.get(1))),
        List.of());
  }

  private Source derived(String alias, List<Column> outer, String lateral, int depth) {
    List<SqlType> types = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Column> columns = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      SqlType type = dice.pick(DERIVED);
      String name = "c" + i;
      types.add(type);
      names.add(name);
      columns.add(new Column(alias + "." + name, type));
    }
    String query = queries.body(types, outer, depth - 1);
    return new Source(
        lateral + "(" + query + ") AS " + alias + "(" + String.join(", ", names) + ")",
        columns,
        List.of());
  }

  private Source join(List<Column> outer, int depth) {
    Source left = dice.percent(70) ? table() : source(outer, depth - 1);
    List<Column> visible = new ArrayList<>(outer);
    visible.addAll(left.columns());
    String kind =
        dice.pick("JOIN", "JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN", "CROSS JOIN", ",");
    boolean lateral = kind.equals("JOIN") || kind.equals("LEFT JOIN");
    Source right = dice.percent(70) ? table() : single(lateral ? visible : List.of(), depth - 1);
    List<Column> columns = new ArrayList<>(left.columns());
    columns.addAll(right.columns());
    List<Column> key = new ArrayList<>();
    if (!left.key().isEmpty() && !right.key().isEmpty()) {
      key.addAll(left.key());
      key.addAll(right.key());
    }
    String sql = left.sql() + (kind.equals(",") ? ", " : " " + kind + " ") + right.sql();
    if (!kind.equals(",") && !kind.equals("CROSS JOIN")) {
      sql += " ON " + condition(left, right, columns, kind.equals("FULL JOIN"));
    }
    return new Source(kind.equals(",") ? sql : "(" + sql + ")", columns, key);
  }

  private String condition(Source left, Source right, List<Column> columns, boolean simple) {
    List<String> equalities = new ArrayList<>();
    for (Column a : left.columns()) {
      for (Column b : right.columns()) {
        if (a.type() == b.type() && a.type().ordered()) {
          equalities.add("(" + a.name() + " = " + b.name() + ")");
        }
      }
    }
    Expressions expressions = new Expressions(dice, columns, simple ? null : queries);
    if (equalities.isEmpty()) {
      return simple ? "(1 = 1)" : expressions.bool();
    }
    String equality = dice.pick(equalities);
    return switch (dice.below(simple ? 3 : 6)) {
      case 0 -> equality + " AND " + dice.pick(equalities);
      case 3 -> expressions.bool();
      case 4 -> equality + " AND " + expressions.bool();
      default -> equality;
    };
  }
}
