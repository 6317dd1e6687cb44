package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.analyze.Query.SortKey;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;

/// Analyzes UNION, INTERSECT and EXCEPT: both sides are queries of their own, whose columns are
/// brought to common types.
final class SetOperations {
  private final ParseState state;
  private final Analysis analysis;
  private final ExpressionAnalyzer expressions;

  SetOperations(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
    this.expressions = new ExpressionAnalyzer(state);
  }

  Query analyze(SelectStmt select) {
    if (!select.lockingClause().isEmpty()) {
      throw SelectAnalyzer.lockingNotAllowed(
          select.lockingClause().getFirst(), "UNION/INTERSECT/EXCEPT");
    }
    SelectAnalyzer level = new SelectAnalyzer(state);
    List<CommonTable> with = new WithClauses(state).analyze(select.withClause());
    Query left = side(select, true);
    Query right = side(select, false);
    String name = select.op().name();
    int width = left.outputs().size();
    if (right.outputs().size() != width) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR, "each %s query must have the same number of columns", name)
          .at(firstLocation(right));
    }
    List<Expression> leftColumns = new ArrayList<>();
    List<Expression> rightColumns = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      List<Expression> both =
          expressions.unify(
              List.of(left.outputs().get(i).expr(), right.outputs().get(i).expr()), name);
      leftColumns.add(both.get(0));
      rightColumns.add(both.get(1));
      if (!select.all()) {
        expressions.requireEquality(both.get(0).type(), ExprLocation.of(both.get(0)));
      }
    }
    RangeEntry range = rangeOf(left, leftColumns, rightColumns);
    left = coerced(left, leftColumns);
    right = coerced(right, rightColumns);
    List<Output> outputs = outputsOf(range);
    return new Query.SetOperationQuery(
        select.op(),
        select.all(),
        left,
        right,
        range,
        outputs,
        orderBy(select, outputs, range),
        level.limits(select),
        with);
  }

  private Query side(SelectStmt select, boolean left) {
    SelectStmt side = left ? select.larg() : select.rarg();
    if (side == null) {
      throw new IllegalStateException("a set operation with one side");
    }
    SelectAnalyzer analyzer = new SelectAnalyzer(new ParseState(analysis, state)).keepUnknowns();
    return analysis.within(recursion(select, left), () -> analyzer.analyze(side));
  }

  /// Whether a side may name the query that it is the recursive term of.
  private RecursionContext recursion(SelectStmt select, boolean left) {
    return switch (select.op()) {
      case INTERSECT -> select.all() ? RecursionContext.INTERSECT : analysis.recursion();
      case EXCEPT -> select.all() || !left ? RecursionContext.EXCEPT : analysis.recursion();
      case NONE, UNION -> analysis.recursion();
    };
  }

  private static int firstLocation(Query query) {
    return ExprLocation.of(query.outputs().getFirst().expr());
  }

  static List<Output> outputsOf(RangeEntry range) {
    List<Output> outputs = new ArrayList<>();
    for (RangeColumn column : range.columns()) {
      outputs.add(new Output(column.name(), FromClauses.var(range, column), false, 0, 0));
    }
    return outputs;
  }

  /// As the other one, of one query's columns.
  RangeEntry rangeOf(Query query) {
    List<Expression> columns = query.outputs().stream().map(Output::expr).toList();
    return rangeOf(query, columns, columns);
  }

  /// The entry whose columns are the result's. It stands in no FROM clause; the planner gives its
  /// columns their place.
  private RangeEntry rangeOf(Query left, List<Expression> l, List<Expression> r) {
    List<RangeColumn> columns = new ArrayList<>();
    for (int i = 0; i < l.size(); i++) {
      int typmod = l.get(i).typmod() == r.get(i).typmod() ? l.get(i).typmod() : -1;
      columns.add(
          new RangeColumn(left.outputs().get(i).name(), i + 1, l.get(i).type(), typmod, 0, 0));
    }
    return analysis.add(
        new RangeEntry.Subquery(analysis.newRangeId(), "*SELECT*", left, false, columns));
  }

  /// The query with its outputs as they were coerced: within it where that does not change what it
  /// sorts or groups by, else in a query around it.
  @SuppressWarnings("ReferenceEquality") // what needs no coercion is the very same node
  Query coerced(Query query, List<Expression> columns) {
    List<Output> outputs = query.outputs();
    boolean same = true;
    boolean literals = true;
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i) != outputs.get(i).expr()) {
        same = false;
        literals &=
            outputs.get(i).expr().type() == Types.UNKNOWN && outputs.get(i).expr() instanceof Const;
      }
    }
    if (same) {
      return query;
    }
    if (query instanceof Query.Select select
        && (literals
            || (!select.distinct()
                && !select.grouped()
                && !select.hasWindowFunctions()
                && select.orderBy().isEmpty()))) {
      List<Output> targets = new ArrayList<>();
      int output = 0;
      for (Output target : select.targets()) {
        targets.add(target.junk() ? target : SortClauses.withExpr(target, columns.get(output++)));
      }
      return select.withTargets(targets);
    }
    return wrapped(query, columns);
  }

  private Query wrapped(Query query, List<Expression> columns) {
    int id = analysis.newRangeId();
    List<RangeColumn> inner = new ArrayList<>();
    List<Output> outputs = query.outputs();
    for (int i = 0; i < outputs.size(); i++) {
      Expression expr = outputs.get(i).expr();
      inner.add(new RangeColumn(outputs.get(i).name(), i + 1, expr.type(), expr.typmod(), 0, 0));
    }
    RangeEntry range = analysis.add(new RangeEntry.Subquery(id, "*SELECT*", query, false, inner));
    List<Output> targets = new ArrayList<>();
    for (int i = 0; i < outputs.size(); i++) {
      Expression column = FromClauses.var(range, inner.get(i));
      int type = columns.get(i).type();
      targets.add(
          new Output(
              outputs.get(i).name(),
              column.type() == type ? column : expressions.coerce(column, type, -1),
              false,
              0,
              0));
    }
    return Query.Select.of(List.of(new FromItem.Entry(range)), null, targets);
  }

  private List<SortKey> orderBy(SelectStmt select, List<Output> outputs, RangeEntry range) {
    if (select.sortClause().isEmpty()) {
      return List.of();
    }
    ParseState names = new ParseState(analysis, state.parent());
    names.scope().add(FromClauses.item(range, null, false), -1);
    List<Output> targets = new ArrayList<>(outputs);
    List<SortKey> keys = new SortClauses(names, targets).orderBy(select.sortClause());
    if (targets.size() > outputs.size()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED, "invalid UNION/INTERSECT/EXCEPT ORDER BY clause")
          .detail("Only result column names can be used, not expressions or functions.")
          .hint(
              "Add the expression/function to every SELECT, or move the UNION into a FROM clause.")
          .at(ExprLocation.of(targets.getLast().expr()));
    }
    return keys;
  }
}
