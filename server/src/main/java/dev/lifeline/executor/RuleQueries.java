package dev.lifeline.executor;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.CoerceViaIo;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.OpExpr;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.DefinitionNames;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.parser.analyze.Window;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.QuoteIdent;
import dev.lifeline.utils.error.PgException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Writes the query of a view as PostgreSQL's `pg_get_viewdef` does.
///
/// The analyzed query says what everything means; how its FROM clauses were written is remembered
/// by [DefinitionNames], for an analyzed join no longer tells USING from ON.
final class RuleQueries extends RuleExpressions {
  final DefinitionNames definition;
  private final Map<Integer, RangeEntry> ranges = new HashMap<>();
  private final Map<Integer, String> aliases = new HashMap<>();

  /// The names that are taken here and in the levels around.
  private Set<String> taken = new HashSet<>();

  private List<Window> windows = List.of();

  RuleQueries(DefinitionNames definition, EvalContext context, RuleText text) {
    super(context, text);
    this.definition = definition;
  }

  /// Writes a query.
  ///
  /// @param names what the columns are to be called; null where they have their own names
  /// @param named whether the names of the columns can be seen
  void query(Query query, @Nullable List<String> names, boolean named) {
    Set<String> outerTaken = taken;
    List<Window> outerWindows = windows;
    int outerLevel = text.level();
    taken = new HashSet<>(taken);
    RuleFrom from = query instanceof Query.Select select ? new RuleFrom(this, select) : null;
    try {
      if (from != null && from.onlyValues() == null) {
        from.name();
      }
      with(query);
      if (query instanceof Query.SetOperationQuery operation) {
        setOperation(operation, names, named);
        orderBy(query.outputs(), operation.orderBy(), true);
        limits(operation.limits());
      } else if (from != null && query instanceof Query.Select select) {
        windows = select.windows();
        select(select, from, names, named);
        limits(select.limits());
        select.rowMarks().forEach(this::rowMark);
      } else if (query instanceof Query.RecursiveUnion union) {
        recursive(union, names, named);
      } else {
        throw PgException.notSupported("a data-modifying query in a view");
      }
    } finally {
      taken = outerTaken;
      windows = outerWindows;
      text.level(outerLevel);
    }
  }

  private void with(Query query) {
    if (query.with().isEmpty()) {
      return;
    }
    boolean recursive =
        query.with().stream().anyMatch(one -> one.query() instanceof Query.RecursiveUnion);
    if (text.lines()) {
      text.indent(RuleText.STANDARD);
      text.add(" ");
    }
    String separator = recursive ? "WITH RECURSIVE " : "WITH ";
    for (CommonTable one : query.with()) {
      text.add(separator).add(QuoteIdent.quote(one.name()));
      if (!one.columnNames().isEmpty()) {
        text.add(quoted(one.columnNames()));
      }
      text.add(" AS ");
      // A recursive query is kept anyway.
      boolean keptAnyway = one.query() instanceof Query.RecursiveUnion;
      text.add(
          switch (one.materialize()) {
            case DEFAULT -> "";
            case ALWAYS -> keptAnyway ? "" : "MATERIALIZED ";
            case NEVER -> "NOT MATERIALIZED ";
          });
      text.add("(");
      newLine();
      query(one.query(), null, true);
      newLine();
      text.add(")");
      separator = ", ";
    }
    if (text.lines()) {
      text.indent(-RuleText.STANDARD);
      text.keyword("", 0, 0, 0);
    } else {
      text.add(" ");
    }
  }

  private void newLine() {
    if (text.lines()) {
      text.keyword("", 0, 0, 0);
    }
  }

  static String quoted(List<String> names) {
    return names.stream().map(QuoteIdent::quote).collect(Collectors.joining(", ", "(", ")"));
  }

  private void select(
      Query.Select select, RuleFrom from, @Nullable List<String> names, boolean named) {
    if (text.lines()) {
      text.indent(RuleText.STANDARD);
      text.add(" ");
    }
    RangeEntry.Values values = from.onlyValues();
    if (values != null) {
      values(values.rows());
      orderBy(select.targets(), select.orderBy(), false);
      return;
    }
    text.add("SELECT");
    if (select.distinct()) {
      text.add(" DISTINCT");
      distinctOn(select);
    }
    targets(select.outputs(), names, named);
    from.write();
    condition(" WHERE ", select.where(), 1);
    if (!select.groupingSets().isEmpty()) {
      throw PgException.notSupported("GROUPING SETS in a view");
    }
    if (!select.groupBy().isEmpty()) {
      text.keyword(" GROUP BY ", -RuleText.STANDARD, RuleText.STANDARD, 1);
      String separator = "";
      for (int target : select.groupBy()) {
        text.add(separator);
        sorted(select.targets().get(target).expr());
        separator = ", ";
      }
    }
    condition(" HAVING ", select.having(), 0);
    windowClause(select.windows());
    orderBy(select.targets(), select.orderBy(), false);
  }

  private void distinctOn(Query.Select select) {
    if (select.distinctOn().isEmpty()) {
      return;
    }
    String separator = " ON (";
    for (int target : select.distinctOn()) {
      text.add(separator);
      sorted(select.targets().get(target).expr());
      separator = ", ";
    }
    text.add(")");
  }

  private void condition(String keyword, @Nullable Expression condition, int plus) {
    if (condition != null) {
      text.keyword(keyword, -RuleText.STANDARD, RuleText.STANDARD, plus);
      write(condition, false);
    }
  }

  private void targets(List<Output> outputs, @Nullable List<String> names, boolean named) {
    boolean lines = false;
    for (int i = 0; i < outputs.size(); i++) {
      text.add(i == 0 ? " " : ", ");
      Output output = outputs.get(i);
      String name = names == null ? output.name() : names.get(i);
      String item =
          text.capture(() -> {
            String own = named ? null : "?column?";
            Expression expr = given(output.expr());
            if (expr instanceof Var var) {
              column(var);
              own = columnName(var);
            } else {
              write(expr, true);
            }
            if (!name.equals(own)) {
              text.add(" AS ").add(QuoteIdent.quote(name));
            }
          });
      text.item(item, i > 0, lines);
      lines = item.indexOf('\n', 1) >= 0;
    }
  }

  /// A column as it was given: what a set operation makes of its type goes without saying.
  private static Expression given(Expression expr) {
    return switch (expr) {
      case RelabelType cast when cast.form() == FuncExpr.Form.IMPLICIT_CAST -> cast.arg();
      case CoerceViaIo cast when cast.form() == FuncExpr.Form.IMPLICIT_CAST -> cast.arg();
      case FuncExpr cast when cast.form() == FuncExpr.Form.IMPLICIT_CAST -> cast.args().getFirst();
      default -> expr;
    };
  }

  void values(List<List<Expression>> rows) {
    text.add("VALUES ");
    String between = "";
    for (List<Expression> row : rows) {
      text.add(between).add("(");
      String separator = "";
      for (Expression value : row) {
        text.add(separator);
        if (value instanceof Var var) {
          column(var);
        } else {
          write(value, false);
        }
        separator = ",";
      }
      text.add(")");
      between = ", ";
    }
  }

  private void orderBy(List<Output> targets, List<Query.SortKey> keys, boolean byNumber) {
    String separator = "";
    for (Query.SortKey key : keys) {
      if (separator.isEmpty()) {
        text.keyword(" ORDER BY ", -RuleText.STANDARD, RuleText.STANDARD, 1);
      }
      text.add(separator);
      if (byNumber) {
        text.add(Integer.toString(key.target() + 1));
      } else {
        sorted(targets.get(key.target()).expr());
      }
      direction(key.descending(), key.nullsFirst());
      separator = ", ";
    }
  }

  private void limits(Query.Limits limits) {
    Expression offset = limits.offset();
    if (offset != null) {
      text.keyword(" OFFSET ", -RuleText.STANDARD, RuleText.STANDARD, 0);
      write(offset, false);
    }
    Expression limit = limits.limit();
    if (limit != null) {
      text.keyword(" LIMIT ", -RuleText.STANDARD, RuleText.STANDARD, 0);
      if (limit instanceof Const constant && constant.isNull()) {
        text.add("ALL");
      } else {
        write(limit, false);
      }
    }
  }

  private void rowMark(Query.RowMark mark) {
    String strength = mark.strength().name().replace('_', ' ');
    text.keyword(" " + strength, -RuleText.STANDARD, RuleText.STANDARD, 0);
    text.add(" OF ").add(QuoteIdent.quote(alias(mark.range())));
    text.add(
        switch (mark.policy()) {
          case BLOCK -> "";
          case SKIP -> " SKIP LOCKED";
          case ERROR -> " NOWAIT";
        });
  }

  private void setOperation(
      Query.SetOperationQuery query, @Nullable List<String> names, boolean named) {
    boolean nested =
        query.left() instanceof Query.SetOperationQuery left
            && isBare(left)
            && !(left.operation() == query.operation() && left.all() == query.all());
    if (nested) {
      text.add("(");
      text.keyword("", RuleText.STANDARD, 0, 0);
    }
    side(query.left(), names, named);
    if (nested) {
      text.keyword(") ", -RuleText.STANDARD, 0, 0);
    } else if (text.lines()) {
      text.keyword("", 0, 0, 0);
    } else {
      text.add(" ");
    }
    text.add(query.operation().name()).add(" ").add(query.all() ? "ALL " : "");
    right(query.right(), names);
  }

  /// The right side of a set operation; its columns' names are seen by nobody.
  private void right(Query query, @Nullable List<String> names) {
    boolean nested = query instanceof Query.SetOperationQuery operation && isBare(operation);
    int inner = nested ? RuleText.STANDARD : 0;
    text.add(nested ? "(" : "");
    text.keyword("", inner, 0, 0);
    side(query, names, false);
    if (text.lines()) {
      text.indent(-inner);
    }
    if (nested) {
      text.keyword(")", 0, 0, 0);
    }
  }

  private static boolean isBare(Query.SetOperationQuery query) {
    return query.with().isEmpty() && query.orderBy().isEmpty() && query.limits().isNone();
  }

  /// The query as it was written, without one that only gives its columns other types.
  private Query unwrapped(Query query) {
    return query instanceof Query.Select select
            && select.from().size() == 1
            && select.from().getFirst() instanceof FromItem.Entry(RangeEntry.Subquery inner)
            && inner.alias().equals("*SELECT*")
            && !definition.fromClauses().containsKey(inner.id())
        ? inner.query()
        : query;
  }

  private void side(Query given, @Nullable List<String> names, boolean named) {
    Query query = unwrapped(given);
    if (query instanceof Query.SetOperationQuery operation && isBare(operation)) {
      setOperation(operation, names, named);
      return;
    }
    boolean parentheses =
        switch (query) {
          case Query.Select select ->
              !select.with().isEmpty()
                  || !select.orderBy().isEmpty()
                  || !select.rowMarks().isEmpty()
                  || !select.limits().isNone();
          default -> true;
        };
    text.add(parentheses ? "(" : "");
    query(query, names, named);
    text.add(parentheses ? ")" : "");
  }

  private void recursive(Query.RecursiveUnion union, @Nullable List<String> names, boolean named) {
    side(union.initial(), names, named);
    if (text.lines()) {
      text.keyword("", 0, 0, 0);
    } else {
      text.add(" ");
    }
    text.add("UNION ").add(union.all() ? "ALL " : "");
    right(union.recursive(), names);
  }

  // ---- columns

  /// Gives an entry a name that no other has here or around.
  void name(RangeEntry range) {
    String name = range.alias();
    for (int i = 1; !taken.add(name); i++) {
      name = range.alias() + "_" + i;
    }
    ranges.put(range.id(), range);
    aliases.put(range.id(), name);
  }

  /// The name of a relation, with its schema where that is needed.
  String relationName(RangeEntry range, RangeVar written) {
    Relation relation = definition.relations().get(range.id());
    String name = relation == null ? null : context().catalog().relationName(relation.oid());
    return name == null ? QuoteIdent.quote(written.relname()) : name;
  }

  String alias(RangeEntry range) {
    return aliases.getOrDefault(range.id(), range.alias());
  }

  String columnName(Var var) {
    RangeEntry range = ranges.get(var.varno());
    if (range != null) {
      for (RangeEntry.RangeColumn column : range.columns()) {
        if (column.attnum() == var.attno()) {
          return column.name();
        }
      }
    }
    if (var.attno() < 0) {
      return var.attno() == -1 ? "ctid" : "tableoid";
    }
    throw PgException.notSupported("this column in the text of a view");
  }

  @Override
  void column(Var var) {
    String name = columnName(var);
    text.add(QuoteIdent.quote(aliases.getOrDefault(var.varno(), "?"))).add(".");
    text.add(QuoteIdent.quote(name));
  }

  // ---- subqueries and windows

  @Override
  void subquery(SubLinkExpr link) {
    boolean array = link.kind() == SubLinkExpr.Kind.ARRAY;
    text.add(array ? "ARRAY(" : "(");
    boolean nested = true;
    switch (link.kind()) {
      case EXISTS -> text.add("EXISTS ");
      case ANY, ALL -> tested(link);
      case SCALAR, ARRAY -> nested = false;
    }
    text.add(nested ? "(" : "");
    query(link.query(), null, false);
    text.add(nested ? "))" : ")");
  }

  private void tested(SubLinkExpr link) {
    if (!(link.test() instanceof OpExpr test)) {
      throw PgException.notSupported("a comparison of rows with a subquery in a view");
    }
    write(test.args().getFirst(), true);
    String name = operatorName(test.operator());
    if (link.kind() == SubLinkExpr.Kind.ANY && name.equals("=")) {
      text.add(" IN ");
    } else {
      text.add(" ").add(name).add(link.kind() == SubLinkExpr.Kind.ANY ? " ANY " : " ALL ");
    }
  }

  private void windowClause(List<Window> all) {
    String separator = "";
    for (Window window : all) {
      String name = window.name();
      if (name == null) {
        continue;
      }
      if (separator.isEmpty()) {
        text.keyword(" WINDOW ", -RuleText.STANDARD, RuleText.STANDARD, 1);
      }
      text.add(separator).add(QuoteIdent.quote(name)).add(" AS ");
      new RuleWindows(this).write(window);
      separator = ", ";
    }
  }

  @Override
  void window(int number) {
    Window window = windows.get(number);
    String name = window.name();
    if (name != null) {
      text.add(QuoteIdent.quote(name));
    } else {
      new RuleWindows(this).write(window);
    }
  }
}
