package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.parser.analyze.Query.Limits;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.LimitOption;
import dev.lifeline.parser.tree.LockingClause;
import dev.lifeline.parser.tree.ResTarget;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes a SELECT in each of its three forms: the plain one, VALUES, and set operations.
final class SelectAnalyzer {
  private final ParseState state;
  private final Analysis analysis;
  private final ExpressionAnalyzer expressions;

  /// Whether string literals that nothing gave a type become text: not where what stands around the
  /// query may still give them one.
  private boolean resolveUnknowns = true;

  SelectAnalyzer(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
    this.expressions = new ExpressionAnalyzer(state);
  }

  SelectAnalyzer keepUnknowns() {
    resolveUnknowns = false;
    return this;
  }

  Query analyze(SelectStmt select) {
    analysis.enter();
    try {
      if (select.op() != SetOperation.NONE) {
        return new SetOperations(state).analyze(select);
      }
      return select.valuesLists().isEmpty() ? plain(select) : values(select);
    } finally {
      analysis.leave();
    }
  }

  private Query plain(SelectStmt select) {
    if (select.intoClause() != null) {
      throw PgException.notSupported("SELECT INTO");
    }
    state.lockingClauses = select.lockingClause();
    List<CommonTable> with = new WithClauses(state).analyze(select.withClause());
    List<FromItem> from = new FromClauses(state).transform(select.fromClause());
    new Windows(state).define(select.windowClause());
    List<Output> targets =
        new ArrayList<>(
            new TargetLists(state).transform(select.targetList(), ExprKind.SELECT_TARGET));
    Expression where = optionalCondition(select.whereClause(), ExprKind.WHERE, "WHERE");
    Expression having = optionalCondition(select.havingClause(), ExprKind.HAVING, "HAVING");
    SortClauses sorting = new SortClauses(state, targets);
    List<Query.SortKey> orderBy = sorting.orderBy(select.sortClause());
    List<Integer> groupBy = sorting.groupBy(select.groupClause(), select.groupDistinct());
    List<Integer> distinctOn = List.of();
    if (select.distinct()) {
      distinctOn = sorting.distinct(select.distinctOn(), orderBy);
    }
    Limits limits = limits(select);
    if (resolveUnknowns) {
      expressions.resolveUnknowns(targets);
    }
    boolean grouped =
        !state.aggregates().isEmpty()
            || !select.groupClause().isEmpty()
            || having != null
            || targets.stream()
                .anyMatch(target -> target.expr().anyMatch(GroupingExpr.class::isInstance));
    RecursiveUnions.checkAggregates(state.aggregates(), from);
    if (grouped) {
      new GroupingCheck(from, targets, groupBy, sorting.groupingSets())
          .check(having, state.windows());
    }
    boolean windows = !state.windows().isEmpty() && Query.callWindowFunctions(targets);
    List<Query.RowMark> rowMarks = new RowMarks(state).transform(select, grouped, windows, from);
    return new Query.Select(
        from,
        where,
        targets,
        groupBy,
        sorting.groupingSets(),
        grouped,
        having,
        state.windows(),
        select.distinct(),
        distinctOn,
        orderBy,
        limits,
        rowMarks,
        with);
  }

  private @Nullable Expression optionalCondition(
      @Nullable Expr condition, ExprKind kind, String name) {
    return condition == null ? null : expressions.condition(condition, kind, name);
  }

  Limits limits(SelectStmt select) {
    if (select.limitOption() == LimitOption.WITH_TIES) {
      throw PgException.notSupported("FETCH FIRST ... WITH TIES");
    }
    return new Limits(
        limit(select.limitCount(), ExprKind.LIMIT), limit(select.limitOffset(), ExprKind.OFFSET));
  }

  private @Nullable Expression limit(@Nullable Expr count, ExprKind kind) {
    return count == null
        ? null
        : expressions.coerceClause(expressions.transform(count, kind), Types.INT8, kind.label());
  }

  private Query values(SelectStmt select) {
    List<CommonTable> with = new WithClauses(state).analyze(select.withClause());
    if (!select.lockingClause().isEmpty()) {
      throw lockingNotAllowed(select.lockingClause().getFirst(), "VALUES");
    }
    List<List<Expression>> rows = new ArrayList<>();
    int width = select.valuesLists().getFirst().size();
    for (List<Expr> rawRow : select.valuesLists()) {
      if (rawRow.size() != width) {
        throw PgException.error(SqlState.SYNTAX_ERROR, "VALUES lists must all be the same length")
            .at(rawRow.getFirst().location());
      }
      rows.add(rawRow.stream().map(expr -> expressions.transform(expr, ExprKind.VALUES)).toList());
    }
    RangeEntry.Values range = valuesEntry(unify(rows, width));
    Scope.Item item = FromClauses.item(range, null, false);
    state.scope().add(item, -1);
    List<Output> targets = new ArrayList<>();
    for (Scope.ScopeColumn column : item.columns) {
      targets.add(new Output(column.name(), column.expr(), false, 0, 0));
    }
    SortClauses sorting = new SortClauses(state, targets);
    List<Query.SortKey> orderBy = sorting.orderBy(select.sortClause());
    return new Query.Select(
        List.of(new FromItem.Entry(range)),
        null,
        targets,
        List.of(),
        List.of(),
        false,
        null,
        List.of(),
        false,
        List.of(),
        orderBy,
        limits(select),
        List.of(),
        with);
  }

  /// Gives the values of each column one type.
  private List<List<Expression>> unify(List<List<Expression>> rows, int width) {
    List<List<Expression>> result = new ArrayList<>();
    rows.forEach(row -> result.add(new ArrayList<>(width)));
    for (int c = 0; c < width; c++) {
      int column = c;
      List<Expression> values = rows.stream().map(row -> row.get(column)).toList();
      boolean allUnknown = values.stream().allMatch(v -> v.type() == Types.UNKNOWN);
      List<Expression> unified =
          allUnknown && !resolveUnknowns ? values : expressions.unify(values, "VALUES");
      for (int r = 0; r < result.size(); r++) {
        result.get(r).add(unified.get(r));
      }
    }
    return result;
  }

  RangeEntry.Values valuesEntry(List<List<Expression>> rows) {
    List<RangeColumn> columns = new ArrayList<>();
    List<Expression> first = rows.getFirst();
    for (int c = 0; c < first.size(); c++) {
      int column = c;
      int typmod = first.get(c).typmod();
      boolean same = rows.stream().allMatch(row -> row.get(column).typmod() == typmod);
      columns.add(
          new RangeColumn(
              "column" + (c + 1), c + 1, first.get(c).type(), same ? typmod : -1, 0, 0));
    }
    return analysis.add(
        new RangeEntry.Values(analysis.newRangeId(), "*VALUES*", List.copyOf(rows), columns));
  }

  static PgException lockingNotAllowed(LockingClause clause, String with) {
    return PgException.error(
        SqlState.FEATURE_NOT_SUPPORTED, "%s cannot be applied to %s", RowMarks.name(clause), with);
  }

  /// Where a query begins, as well as its tree tells: its first output column.
  static int location(SelectStmt select) {
    SelectStmt leaf = select;
    while (leaf.larg() != null) {
      leaf = leaf.larg();
    }
    if (!leaf.targetList().isEmpty()) {
      ResTarget first = leaf.targetList().getFirst();
      return first.location();
    }
    return leaf.valuesLists().isEmpty() ? -1 : leaf.valuesLists().getFirst().getFirst().location();
  }
}
