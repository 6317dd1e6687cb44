package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.tree.CommonTableExpr;
import dev.lifeline.parser.tree.CteMaterialize;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.RangeVar;
import dev.lifeline.parser.tree.SelectStmt;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes a query of WITH RECURSIVE that refers to itself: `non-recursive-term UNION [ALL]
/// recursive-term`. In the recursive term the query's name is a work table, the rows that the last
/// round has found.
final class RecursiveUnions {
  private final ParseState state;
  private final Analysis analysis;

  RecursiveUnions(ParseState state) {
    this.state = state;
    this.analysis = state.analysis();
  }

  /// The level for a query that must not refer to itself at all.
  static ParseState forbidding(ParseState state, CommonTableExpr cte) {
    ParseState inner = new ParseState(state.analysis(), state);
    inner
        .scope()
        .forbidTable(
            cte.ctename(),
            location ->
                invalid(
                        cte.ctequery() instanceof SelectStmt
                            ? "recursive query \"%s\" does not have the form non-recursive-term"
                                + " UNION [ALL] recursive-term"
                            : "recursive query \"%s\" must not contain data-modifying statements",
                        cte.ctename())
                    .at(cte.location()));
    return inner;
  }

  private static PgException invalid(String message, Object... args) {
    return PgException.error(SqlState.INVALID_RECURSION, message, args);
  }

  static void refuseSearchAndCycle(CommonTableExpr cte) {
    if (cte.searchClause() != null) {
      throw PgException.notSupported("the SEARCH clause").at(cte.location());
    }
    if (cte.cycleClause() != null) {
      throw PgException.notSupported("the CYCLE clause").at(cte.location());
    }
  }

  /// Analyzes the query, or returns null where it turns out not to refer to itself.
  @Nullable CommonTable analyze(CommonTableExpr cte, SelectStmt union) {
    String name = cte.ctename();
    ParseState level = new ParseState(analysis, state);
    List<CommonTable> with = new WithClauses(level).analyze(union.withClause());
    ParseState initialLevel = new ParseState(analysis, level);
    initialLevel
        .scope()
        .forbidTable(
            name,
            location ->
                invalid(
                        "recursive reference to query \"%s\" must not appear within its"
                            + " non-recursive term",
                        name)
                    .at(location));
    Query initial = term(initialLevel, union.larg(), true);
    WithClauses.checkColumns(cte, initial);
    CommonTable work = CommonTable.workTable(name, cte.aliascolnames(), initial);
    ParseState nextLevel = new ParseState(analysis, level);
    nextLevel.scope().addCommonTable(work);
    Query next =
        analysis.within(RecursionContext.ALLOWED, () -> term(nextLevel, union.rarg(), false));
    if (!work.used()) {
      return null;
    }
    refuseSearchAndCycle(cte);
    refuseWhatIsNotImplemented(union);
    SetOperations sets = new SetOperations(level);
    Query coerced = sets.coerced(next, columns(name, initial, next, union.all()));
    RangeEntry range = sets.rangeOf(initial);
    List<Output> outputs = SetOperations.outputsOf(range);
    return new CommonTable(
        name,
        cte.aliascolnames(),
        new Query.RecursiveUnion(work, initial, coerced, union.all(), range, outputs, with),
        CteMaterialize.ALWAYS);
  }

  private Query term(ParseState level, @Nullable SelectStmt select, boolean initial) {
    if (select == null) {
      throw new IllegalStateException("a set operation with one side");
    }
    SelectAnalyzer analyzer = new SelectAnalyzer(new ParseState(analysis, level));
    return (initial ? analyzer : analyzer.keepUnknowns()).analyze(select);
  }

  private static void refuseWhatIsNotImplemented(SelectStmt union) {
    if (!union.sortClause().isEmpty()) {
      throw notImplemented("ORDER BY", union.sortClause().getFirst().node().location());
    }
    Expr offset = union.limitOffset();
    if (offset != null) {
      throw notImplemented("OFFSET", offset.location());
    }
    Expr limit = union.limitCount();
    if (limit != null) {
      throw notImplemented("LIMIT", limit.location());
    }
    if (!union.lockingClause().isEmpty()) {
      throw notImplemented("FOR UPDATE/SHARE", -1);
    }
  }

  private static PgException notImplemented(String what, int location) {
    return PgException.error(
            SqlState.FEATURE_NOT_SUPPORTED, "%s in a recursive query is not implemented", what)
        .at(location);
  }

  /// The columns of the recursive term, which must have the types of the other one's.
  private List<Expression> columns(String name, Query initial, Query next, boolean all) {
    ExpressionAnalyzer expressions = new ExpressionAnalyzer(state);
    int width = initial.outputs().size();
    if (next.outputs().size() != width) {
      throw PgException.error(
              SqlState.SYNTAX_ERROR, "each %s query must have the same number of columns", "UNION")
          .at(ExprLocation.of(next.outputs().getFirst().expr()));
    }
    List<Expression> result = new ArrayList<>();
    for (int i = 0; i < width; i++) {
      Expression first = initial.outputs().get(i).expr();
      List<Expression> both =
          expressions.unify(List.of(first, next.outputs().get(i).expr()), "UNION");
      int typmod = both.get(0).typmod() == both.get(1).typmod() ? both.get(0).typmod() : -1;
      if (both.get(0).type() != first.type() || typmod != first.typmod()) {
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH,
                "recursive query \"%s\" column %d has type %s in non-recursive term but type %s"
                    + " overall",
                name,
                i + 1,
                FormatType.name(first.type(), first.typmod()),
                FormatType.name(both.get(0).type(), typmod))
            .hint("Cast the output of the non-recursive term to the correct type.")
            .at(ExprLocation.of(first));
      }
      if (!all) {
        expressions.requireEquality(first.type(), ExprLocation.of(first));
      }
      result.add(both.get(1));
    }
    return result;
  }

  /// Refuses a reference to a work table where the rounds could not be told apart.
  static void checkReference(RangeVar table, CommonTable work, RecursionContext context) {
    String where = work.used() ? "more than once" : context.refused();
    if (where != null) {
      throw invalid("recursive reference to query \"%s\" must not appear %s", work.name(), where)
          .at(table.location());
    }
  }

  /// Refuses aggregates over a work table.
  static void checkAggregates(List<Aggref> aggregates, List<FromItem> from) {
    if (!aggregates.isEmpty() && from.stream().anyMatch(RecursiveUnions::hasWorkTable)) {
      throw invalid("aggregate functions are not allowed in a recursive query's recursive term")
          .at(aggregates.getFirst().location().offset());
    }
  }

  private static boolean hasWorkTable(FromItem item) {
    return switch (item) {
      case FromItem.Entry entry ->
          entry.range() instanceof RangeEntry.Cte cte && cte.table().isWorkTable();
      case FromItem.Join join -> hasWorkTable(join.left()) || hasWorkTable(join.right());
    };
  }
}
