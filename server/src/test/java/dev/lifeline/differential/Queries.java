package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes queries over the tables of a round.
final class Queries implements Expressions.Subqueries {
  private static final int DEPTH = 2;

  private final Dice dice;
  private final Sources sources;

  Queries(Dice dice, List<Table> tables) {
    this.dice = dice;
    this.sources = new Sources(dice, tables, this);
  }

  /// A query without ORDER BY, and the types of its columns.
  private record Body(String shape, String sql, List<SqlType> types) {}

  /// A whole query, as a client would send it.
  Generated query() {
    Body body = dice.percent(15) ? combined() : simple(null, List.of(), DEPTH);
    String with = "";
    if (dice.percent(8)) {
      String name = sources.alias();
      with =
          "WITH "
              + name
              + dice.pick(" AS (", " AS MATERIALIZED (", " AS NOT MATERIALIZED (")
              + body.sql()
              + ") ";
      body = new Body(body.shape() + " in WITH", "SELECT * FROM " + name, body.types());
    }
    List<Integer> order = order(body.types());
    StringBuilder sql = new StringBuilder(with).append(body.sql());
    if (!order.isEmpty()) {
      List<String> keys = new ArrayList<>();
      for (int column : order) {
        keys.add(column + 1 + dice.pick("", "", " DESC", " NULLS FIRST", " DESC NULLS LAST"));
      }
      sql.append(" ORDER BY ").append(String.join(", ", keys));
    }
    if (order.size() == body.types().size() && dice.percent(35)) {
      sql.append(
          dice.pick(" LIMIT 3", " LIMIT 10 OFFSET 2", " OFFSET 1", " FETCH FIRST 5 ROWS ONLY"));
    }
    return Generated.query(body.shape(), sql.toString(), order);
  }

  /// Numbers of columns to sort by: usually of all that can be sorted.
  private List<Integer> order(List<SqlType> types) {
    List<Integer> columns = new ArrayList<>();
    if (dice.percent(30)) {
      return columns;
    }
    for (int i = 0; i < types.size(); i++) {
      // A month is equal to thirty days, so that equal intervals need not look alike.
      if (types.get(i).ordered() && types.get(i) != SqlType.INTERVAL) {
        columns.add(i);
      }
    }
    for (int i = columns.size() - 1; i > 0; i--) {
      Collections.swap(columns, i, dice.below(i + 1));
    }
    return dice.percent(70) || columns.isEmpty()
        ? columns
        : columns.subList(0, dice.between(1, columns.size()));
  }

  private Body combined() {
    Body first = simple(null, List.of(), 1);
    if (!first.types().stream().allMatch(SqlType::ordered)) {
      return first;
    }
    StringBuilder sql = new StringBuilder("(" + first.sql() + ")");
    for (int i = dice.between(1, 2); i > 0; i--) {
      sql.append(
          dice.pick(
              " UNION ",
              " UNION ALL ",
              " INTERSECT ",
              " INTERSECT ALL ",
              " EXCEPT ",
              " EXCEPT ALL "));
      sql.append("(").append(simple(first.types(), List.of(), 1).sql()).append(")");
    }
    return new Body("set operation", sql.toString(), first.types());
  }

  /// A query with columns of the given types.
  String body(List<SqlType> types, List<Column> outer, int depth) {
    return simple(types, outer, depth).sql();
  }

  @Override
  public String ofManyRows(SqlType type, List<Column> outer) {
    return body(List.of(type), dice.percent(60) ? outer : List.of(), 0);
  }

  @Override
  public String ofOneRow(SqlType type, List<Column> outer) {
    Sources.Source source = sources.table();
    List<Column> visible = new ArrayList<>(source.columns());
    visible.addAll(outer);
    Expressions inner = new Expressions(dice, source.columns(), null);
    String where =
        " FROM " + source.sql() + " WHERE " + new Expressions(dice, visible, null).bool();
    return switch (type) {
      case INT8 -> "SELECT count(*)" + where;
      case INT4, NUMERIC, TEXT, DATE ->
          "SELECT " + dice.pick("min(", "max(") + inner.of(type) + ")" + where;
      default ->
          "SELECT "
              + inner.of(type)
              + where
              + " ORDER BY "
              + source.key().getFirst().name()
              + " LIMIT 1";
    };
  }

  /// @param wanted the types of the result's columns, or null for any
  private Body simple(@Nullable List<SqlType> wanted, List<Column> outer, int depth) {
    int choice = dice.below(100);
    if (choice < 3 && outer.isEmpty()) {
      return withoutFrom(wanted);
    }
    if (choice < 28) {
      return grouped(wanted, outer, depth);
    }
    if (choice < 40) {
      return windows(wanted, outer, depth);
    }
    return plain(wanted, outer, depth);
  }

  private List<SqlType> types(@Nullable List<SqlType> wanted, Expressions expressions) {
    if (wanted != null) {
      return wanted;
    }
    List<SqlType> types = new ArrayList<>();
    for (int i = dice.between(1, 4); i > 0; i--) {
      types.add(expressions.anyType());
    }
    return types;
  }

  private Body withoutFrom(@Nullable List<SqlType> wanted) {
    Expressions expressions = new Expressions(dice, List.of(), this);
    List<SqlType> types = types(wanted, expressions);
    return new Body(
        "no FROM",
        "SELECT " + String.join(", ", types.stream().map(expressions::of).toList()),
        types);
  }

  private static List<Column> visible(Sources.Source source, List<Column> outer) {
    List<Column> visible = new ArrayList<>(source.columns());
    visible.addAll(outer);
    return visible;
  }

  private Body plain(@Nullable List<SqlType> wanted, List<Column> outer, int depth) {
    Sources.Source source = sources.source(outer, depth);
    Expressions expressions =
        new Expressions(dice, visible(source, outer), depth > 0 ? this : null);
    List<SqlType> types = types(wanted, expressions);
    boolean distinct = dice.percent(12) && types.stream().allMatch(SqlType::ordered);
    String sql =
        "SELECT "
            + (distinct ? "DISTINCT " : "")
            + String.join(", ", types.stream().map(expressions::of).toList())
            + " FROM "
            + source.sql()
            + where(expressions);
    return new Body(distinct ? "DISTINCT" : "plain", sql, types);
  }

  private String where(Expressions expressions) {
    return dice.percent(60) ? " WHERE " + expressions.bool() : "";
  }

  private Body grouped(@Nullable List<SqlType> wanted, List<Column> outer, int depth) {
    Sources.Source source = sources.source(outer, depth);
    Expressions inner = new Expressions(dice, source.columns(), null);
    List<Expressions.Typed> keys = inner.keys(dice.between(0, 3));
    List<Expressions.Typed> found = new ArrayList<>(keys);
    for (int i = dice.between(1, 3); i > 0; i--) {
      found.add(inner.aggregate());
    }
    if (!keys.isEmpty() && dice.percent(15)) {
      found.add(new Expressions.Typed("grouping(" + dice.pick(keys).sql() + ")", SqlType.INT4));
    }
    List<Column> results =
        found.stream().map(typed -> new Column(typed.sql(), typed.type())).toList();
    Expressions above = new Expressions(dice, results, null);
    List<SqlType> types =
        wanted == null && dice.percent(70)
            ? results.stream().map(Column::type).toList()
            : types(wanted, above);
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      targets.add(
          i < results.size() && results.get(i).type() == types.get(i)
              ? results.get(i).name()
              : above.of(types.get(i)));
    }
    String sql =
        "SELECT "
            + String.join(", ", targets)
            + " FROM "
            + source.sql()
            + where(new Expressions(dice, visible(source, outer), this));
    if (!keys.isEmpty()) {
      sql += " GROUP BY " + groupBy(keys.stream().map(Expressions.Typed::sql).toList());
    }
    if (dice.percent(25) || targets.stream().noneMatch(target -> target.contains("("))) {
      sql += " HAVING " + (dice.percent(50) ? "count(*) > " + dice.below(4) : above.bool());
    }
    return new Body(keys.isEmpty() ? "aggregate" : "GROUP BY", sql, types);
  }

  /// Grouping sets of columns only: of expressions, planning might make two the same.
  private String groupBy(List<String> keys) {
    String list = String.join(", ", keys);
    if (keys.stream().anyMatch(key -> key.contains("(") || key.contains(" "))) {
      return list;
    }
    return switch (dice.below(12)) {
      case 0, 1 -> "ROLLUP (" + list + ")";
      case 2 -> "CUBE (" + list + ")";
      case 3 -> "GROUPING SETS ((" + list + "), " + dice.pick(keys) + ")";
      case 4 -> keys.getFirst() + ", GROUPING SETS ((), (" + list + "))";
      default -> list;
    };
  }

  private Body windows(@Nullable List<SqlType> wanted, List<Column> outer, int depth) {
    Sources.Source source = sources.source(outer, Math.min(depth, 1));
    if (source.key().isEmpty()) {
      return plain(wanted, outer, depth);
    }
    Expressions inner = new Expressions(dice, source.columns(), null);
    String frame =
        dice.percent(50)
            ? ""
            : " "
                + dice.pick("ROWS", "GROUPS")
                + dice.pick(
                    " BETWEEN 1 PRECEDING AND CURRENT ROW",
                    " BETWEEN UNBOUNDED PRECEDING AND 1 FOLLOWING",
                    " BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING",
                    " 2 PRECEDING",
                    " BETWEEN 2 FOLLOWING AND 3 FOLLOWING")
                + dice.pick("", "", " EXCLUDE CURRENT ROW", " EXCLUDE GROUP", " EXCLUDE TIES");
    List<String> key =
        source.key().stream().map(column -> column.name() + dice.pick("", " DESC")).toList();
    List<Expressions.Typed> some = inner.keys(1);
    String partition = some.isEmpty() ? "" : "PARTITION BY " + some.getFirst().sql() + " ";
    List<Expressions.Typed> sort = inner.keys(1);
    String first = sort.isEmpty() ? "" : sort.getFirst().sql() + ", ";
    String total = "(" + partition + "ORDER BY " + first + String.join(", ", key) + frame + ")";
    String any =
        "(" + partition + (sort.isEmpty() ? "" : "ORDER BY " + sort.getFirst().sql()) + ")";
    boolean named = dice.percent(30);
    List<Column> results = new ArrayList<>(source.columns());
    List<Column> calls = new ArrayList<>();
    for (int i = dice.between(1, 3); i > 0; i--) {
      Expressions.Typed call = inner.window(named ? "wt" : total, named ? "wa" : any);
      calls.add(new Column(call.sql(), call.type()));
    }
    results.addAll(calls);
    Expressions above = new Expressions(dice, results, null);
    List<SqlType> types = wanted != null ? wanted : calls.stream().map(Column::type).toList();
    List<String> targets = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      targets.add(wanted == null ? calls.get(i).name() : above.of(types.get(i)));
    }
    String sql =
        "SELECT "
            + String.join(", ", targets)
            + " FROM "
            + source.sql()
            + where(new Expressions(dice, visible(source, outer), null))
            + (named ? " WINDOW wt AS " + total + ", wa AS " + any : "");
    return new Body("window", sql, types);
  }
}
