package dev.lifeline.differential;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Makes expressions of a wanted type over the columns that are visible.
final class Expressions {
  private static final Templates SCALARS = Templates.read("expressions.txt");
  private static final Templates AGGREGATES = Templates.read("aggregates.txt");
  private static final Templates WINDOWS = Templates.read("windows.txt");
  private static final int DEPTH = 3;

  private final Dice dice;
  private final List<Column> columns;

  private final @Nullable Subqueries subqueries;

  /// Makes subqueries with one column, which may read the columns that are visible outside.
  interface Subqueries {
    String ofOneRow(SqlType type, List<Column> outer);

    String ofManyRows(SqlType type, List<Column> outer);
  }

  /// @param subqueries null where there may be none
  Expressions(Dice dice, List<Column> columns, @Nullable Subqueries subqueries) {
    this.dice = dice;
    this.columns = columns;
    this.subqueries = subqueries;
  }

  List<Column> columns() {
    return columns;
  }

  String of(SqlType type) {
    return of(type, DEPTH);
  }

  String bool() {
    return of(SqlType.BOOL, DEPTH);
  }

  /// Any type, by preference one that a column has.
  SqlType anyType() {
    return columns.isEmpty() || dice.percent(20)
        ? dice.pick(Arrays.asList(SqlType.values()))
        : dice.pick(columns).type();
  }

  private String of(SqlType type, int depth) {
    if (depth <= 0 || dice.percent(30)) {
      return leaf(type);
    }
    int choice = dice.below(100);
    if (choice < 4) {
      return "CASE WHEN "
          + of(SqlType.BOOL, depth - 1)
          + " THEN "
          + of(type, depth - 1)
          + (dice.percent(70) ? " ELSE " + of(type, depth - 1) : "")
          + " END";
    }
    if (choice < 8) {
      return "coalesce(" + of(type, depth - 1) + ", " + of(type, depth - 1) + ")";
    }
    if (choice < 10 && type.ordered()) {
      return "nullif(" + of(type, depth - 1) + ", " + leaf(type) + ")";
    }
    if (choice < 12 && type.ordered()) {
      return dice.pick("greatest", "least") + "(" + of(type, depth - 1) + ", " + leaf(type) + ")";
    }
    if (choice < 15 && subqueries != null) {
      return ofSubquery(type, depth, subqueries);
    }
    List<String> templates = SCALARS.of(type);
    return templates.isEmpty() ? leaf(type) : fill(dice.pick(templates), depth - 1);
  }

  private String ofSubquery(SqlType type, int depth, Subqueries made) {
    if (type != SqlType.BOOL) {
      return "(" + made.ofOneRow(type, columns) + ")";
    }
    SqlType compared = anyType();
    if (!compared.ordered()) {
      compared = SqlType.INT4;
    }
    String left = of(compared, depth - 1);
    return switch (dice.below(5)) {
      case 0 -> "EXISTS (" + made.ofManyRows(compared, columns) + ")";
      case 1 -> "(" + left + " IN (" + made.ofManyRows(compared, columns) + "))";
      case 2 -> "(" + left + " NOT IN (" + made.ofManyRows(compared, columns) + "))";
      case 3 ->
          "("
              + left
              + dice.pick(" = ANY (", " < ALL (", " >= SOME (", " <> ALL (")
              + made.ofManyRows(compared, columns)
              + "))";
      default ->
          "("
              + left
              + dice.pick(" = ", " < ", " <> ")
              + "("
              + made.ofOneRow(compared, columns)
              + "))";
    };
  }

  private String fill(String template, int depth) {
    return Templates.fill(
        template,
        gap -> {
          SqlType type = gap.name().equals("any") ? anyType() : Templates.type(gap.name());
          return gap.constant() ? type.literal(dice) : of(type, depth);
        });
  }

  String leaf(SqlType type) {
    List<Column> fitting = columns.stream().filter(column -> column.type() == type).toList();
    if (!fitting.isEmpty() && dice.percent(80)) {
      return dice.pick(fitting).name();
    }
    return dice.percent(5) ? "NULL::" + type.sqlName() : type.literal(dice);
  }

  /// A typed piece of SQL.
  record Typed(String sql, SqlType type) {}

  Typed aggregate() {
    return ofTemplates(AGGREGATES, "", "");
  }

  /// A call over windows that the caller has.
  Typed window(String total, String any) {
    return ofTemplates(WINDOWS, total, any);
  }

  private Typed ofTemplates(Templates templates, String total, String any) {
    SqlType result = dice.pick(templates.types());
    String sql =
        Templates.fill(
            dice.pick(templates.of(result)),
            gap ->
                switch (gap.name()) {
                  case "total" -> total;
                  case "window" -> any;
                  case "any" -> of(anyType(), 1);
                  default -> {
                    SqlType type = Templates.type(gap.name());
                    yield gap.constant() ? type.literal(dice) : of(type, 1);
                  }
                });
    return new Typed(sql, result);
  }

  /// Different expressions to group or to sort by.
  List<Typed> keys(int count) {
    List<Typed> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SqlType type = anyType();
      String sql = dice.percent(80) ? leaf(type) : of(type, 1);
      if (type.ordered() && columns.stream().anyMatch(column -> sql.contains(column.name()))) {
        keys.add(new Typed(sql, type));
      }
    }
    return keys;
  }
}
