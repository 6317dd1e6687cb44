package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.NullTest;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.RelabelType;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Answers `SELECT min(x), max(y) FROM t` by the ends of indexes: each aggregate becomes `(SELECT x
/// FROM t WHERE x IS NOT NULL ORDER BY x LIMIT 1)`, if an index has that order and all of them
/// together cost less than reading the rows.
final class MinMaxPlanner {
  private final PlannerContext context;

  MinMaxPlanner(PlannerContext context) {
    this.context = context;
  }

  /// The query without the aggregates, over no rows but one; null where it cannot be had, or is not
  /// worth it.
  ///
  /// @param aggregated how it would be done without
  Query.@Nullable Select answer(Query.Select select, Plan aggregated) {
    RangeEntry.Table table = onlyTable(select);
    if (table == null) {
      return null;
    }
    int ranges = context.ranges().size();
    Query.Select answer = answer(select, table, aggregated);
    if (answer == null) {
      context.forgetRangesFrom(ranges);
    }
    return answer;
  }

  private Query.@Nullable Select answer(
      Query.Select select, RangeEntry.Table table, Plan aggregated) {
    List<Aggref> aggregates = new ArrayList<>();
    select.targets().forEach(target -> SubLinkPlanner.collectAggregates(target.expr(), aggregates));
    if (select.having() != null) {
      SubLinkPlanner.collectAggregates(select.having(), aggregates);
    }
    double total = 0;
    Map<Expression, Expression> answers = new HashMap<>();
    for (Aggref aggregate : aggregates) {
      Query.Select end = end(select, table, aggregate, answers.isEmpty());
      Plan plan = end == null ? null : context.plan(end);
      if (end == null || plan == null || !isByIndex(plan)) {
        return null;
      }
      total += plan.cost().total();
      answers.put(
          aggregate,
          new SubLinkExpr(
              SubLinkExpr.Kind.SCALAR,
              end,
              aggregate.type(),
              aggregate.typmod(),
              null,
              0,
              ParseLoc.NONE));
    }
    return answers.isEmpty() || total >= aggregated.cost().total()
        ? null
        : answered(select, answers);
  }

  private Query.Select answered(Query.Select select, Map<Expression, Expression> answers) {
    SubLinkPlanner sublinks = new SubLinkPlanner(context);
    Map<Expression, Expression> plans = new HashMap<>();
    List<Query.Output> targets = new ArrayList<>();
    for (Query.Output target : select.targets()) {
      Expression expr = replace(target.expr(), answers, plans, sublinks);
      targets.add(
          new Query.Output(target.name(), expr, target.junk(), target.tableOid(), target.attnum()));
    }
    Expression having = select.having();
    Expression where = having == null ? null : replace(having, answers, plans, sublinks);
    return Query.Select.of(List.of(), where, targets);
  }

  /// An aggregate that is there twice has one plan.
  private static Expression replace(
      Expression whole,
      Map<Expression, Expression> answers,
      Map<Expression, Expression> plans,
      SubLinkPlanner sublinks) {
    return QueryWalker.replace(
        whole,
        node -> {
          Expression answer = answers.get(node);
          return answer == null
              ? node
              : plans.computeIfAbsent(node, aggregate -> sublinks.plan(answer));
        });
  }

  /// The table of a query that reads only one, and whose rows do not depend on what is around it: a
  /// plan that is run once would not do for it.
  private static RangeEntry.@Nullable Table onlyTable(Query.Select select) {
    if (!select.groupBy().isEmpty()
        || !select.groupingSets().isEmpty()
        || !select.windows().isEmpty()
        || select.from().size() != 1
        || !(select.from().getFirst() instanceof FromItem.Entry entry)
        || !(entry.range() instanceof RangeEntry.Table table)
        || table.relation().isVirtual()) {
      return null;
    }
    Expression where = select.where();
    boolean harmless =
        where == null
            || (!Clauses.isVolatile(where)
                && !Clauses.hasSubLink(where)
                && !where.anyMatch(MinMaxPlanner::dependsOnAround));
    return harmless ? table : null;
  }

  private static boolean dependsOnAround(Expression node) {
    return node instanceof SubPlanExpr
        || (node instanceof Param param && param.kind() == Param.Kind.EXEC);
  }

  /// The query for the first or last value, if the aggregate asks for one.
  ///
  /// @param first whether it is the first one of its query, and may keep the number of the table
  private Query.@Nullable Select end(
      Query.Select select, RangeEntry.Table table, Aggref aggregate, boolean first) {
    PgProc proc = BootstrapCatalog.proc(aggregate.function());
    String name = proc == null ? "" : proc.name();
    if ((!name.equals("min") && !name.equals("max"))
        || aggregate.args().size() != 1
        || aggregate.filter() != null
        || aggregate.levelsUp() != 0) {
      return null;
    }
    Expression value = aggregate.args().getFirst();
    if (!value.anyMatch(Var.class::isInstance)
        || value.anyMatch(MinMaxPlanner::dependsOnAround)
        || Clauses.isVolatile(value)
        || Clauses.hasSubLink(value)) {
      return null;
    }
    Expression key = value instanceof RelabelType relabel ? relabel.arg() : value;
    List<Expression> conditions = new ArrayList<>();
    conditions.add(new NullTest(key, false, ParseLoc.NONE));
    conditions.addAll(Clauses.conjuncts(select.where()));
    boolean last = name.equals("max");
    Query.Select end =
        new Query.Select(
            List.of(new FromItem.Entry(table)),
            Clauses.and(conditions),
            List.of(
                new Query.Output(name, value, false, 0, 0),
                new Query.Output(name, key, true, 0, 0)),
            List.of(),
            List.of(),
            false,
            null,
            List.of(),
            false,
            List.of(),
            List.of(new Query.SortKey(1, last, last)),
            new Query.Limits(Const.of(Types.INT8, 1L), null),
            List.of(),
            List.of());
    return first ? end : renumbered(end, table);
  }

  /// The same over an entry of its own.
  private Query.Select renumbered(Query.Select end, RangeEntry.Table table) {
    RangeEntry.Table own = context.another(table);
    return QueryWalker.mapLevel(
        end.withFrom(List.of(new FromItem.Entry(own)), end.where()),
        whole ->
            QueryWalker.replace(
                whole,
                node ->
                    node instanceof Var var && var.varno() == table.id()
                        ? new Var(
                            own.id(),
                            var.attno(),
                            var.levelsUp(),
                            var.type(),
                            var.typmod(),
                            var.location())
                        : node));
  }

  /// Whether the rows come in the order of an index, so that the first one is all that is read.
  private static boolean isByIndex(Plan plan) {
    Plan below = plan;
    while (below instanceof Plan.Project || below instanceof Plan.Limit) {
      below = below.inputs().getFirst();
    }
    return below instanceof Plan.IndexScan;
  }
}
