package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.SystemColumns;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plans a plain SELECT: joins, then grouping, DISTINCT, ORDER BY, row locks, LIMIT, one above the
/// other.
final class SelectPlanner {
  private final PlannerContext context;

  SelectPlanner(PlannerContext context) {
    this.context = context;
  }

  Plan plan(Query.Select original) {
    context.plan(original.with());
    Query.Select select = prepare(original);
    List<Expression> targets = select.targets().stream().map(Query.Output::expr).toList();
    boolean sets = targets.stream().anyMatch(Clauses::returnsSet);
    List<SortItem> orderBy = sortItems(select);
    Plan plan;
    List<List<SortItem>> wanted = new ArrayList<>();
    boolean windows = select.hasWindowFunctions();
    if (!select.grouped() && windows) {
      wanted.add(WindowPlanner.firstOrder(select));
    } else if (!select.grouped() && !sets) {
      wanted.add(orderBy);
      if (select.distinct()) {
        wanted.add(distinctOrder(select, targets));
      }
    }
    plan = joinTree(select, needed(select), wanted, limitRows(select));
    if (!select.rowMarks().isEmpty()) {
      return lockRows(plan, select, orderBy);
    }
    if (select.grouped()) {
      plan = new GroupPlanner(context).group(plan, select, orderBy);
      Query.Select answer =
          windows || sets ? null : new MinMaxPlanner(context).answer(select, plan);
      if (answer != null) {
        return oneRow(answer, select.limits());
      }
    }
    if (windows) {
      plan = new WindowPlanner(context).plan(plan, select);
    }
    plan = sets ? projectSet(plan, targets) : project(plan, targets);
    if (select.distinct()) {
      plan = new DistinctPlanner(context).distinct(plan, select, targets, orderBy);
    }
    plan = sort(plan, orderBy, select.limits());
    plan = limit(plan, select.limits());
    List<Expression> visible = select.outputs().stream().map(Query.Output::expr).toList();
    return visible.size() == plan.output().size() ? plan : project(plan, visible);
  }

  /// What is left of a query whose aggregates are known: at most one row, in any order.
  private Plan oneRow(Query.Select answer, Query.Limits limits) {
    Plan plan = joinTree(answer, Set.of(), List.of(), -1);
    List<Expression> outputs = answer.outputs().stream().map(Query.Output::expr).toList();
    return limit(project(plan, outputs), limits);
  }

  /// Rows are locked in the order in which they are returned, and before they are computed: a row
  /// that has changed meanwhile is computed from its newer version.
  private Plan lockRows(Plan joined, Query.Select select, List<SortItem> orderBy) {
    List<Expression> columns = new ArrayList<>(joined.output());
    for (SortItem item : orderBy) {
      if (!columns.contains(item.expr())) {
        columns.add(item.expr());
      }
    }
    Plan plan = sort(project(joined, columns), orderBy, null);
    plan = new Plan.LockRows(plan.cost(), plan, select.rowMarks(), RowRecheck.of(select));
    plan = limit(plan, select.limits());
    return project(plan, select.outputs().stream().map(Query.Output::expr).toList());
  }

  private Query.Select prepare(Query.Select original) {
    SubLinkPlanner sublinks = new SubLinkPlanner(context);
    Query.Select pulled = SubqueryPullUp.apply(original);
    List<FromItem> from = new ArrayList<>(pulled.from());
    Expression where = sublinks.pullUp(from, pulled.where());
    Query.Select joined = SubqueryPullUp.apply(pulled.withFrom(from, where));
    return QueryWalker.mapLevel(joined, expr -> context.fold(sublinks.plan(context.fold(expr))));
  }

  /// Everything that what stands above the joins reads of them.
  private static Set<Expression> needed(Query.Select select) {
    Set<Expression> result = new LinkedHashSet<>();
    select.targets().forEach(target -> addVars(target.expr(), result));
    if (select.having() != null) {
      addVars(select.having(), result);
    }
    select.windows().forEach(window -> window.expressions().forEach(e -> addVars(e, result)));
    if (!select.rowMarks().isEmpty()) {
      RowRecheck.of(select).expressions().forEach(condition -> addVars(condition, result));
    }
    for (Query.RowMark mark : select.rowMarks()) {
      result.add(tidOf(mark));
    }
    return result;
  }

  static Var tidOf(Query.RowMark mark) {
    return new Var(mark.range().id(), SystemColumns.CTID, 0, Types.TID, -1, ParseLoc.NONE);
  }

  static void addVars(Expression expr, Set<Expression> result) {
    expr.anyMatch(node -> {
      if (node instanceof Var) {
        result.add(node);
      }
      return false;
    });
  }

  /// Plans FROM and WHERE.
  ///
  /// @param bound how many rows will be asked for, or -1: a plan that starts fast may then be
  ///   better
  private Plan joinTree(
      Query.Select select, Set<Expression> needed, List<List<SortItem>> wanted, double bound) {
    if (select.from().isEmpty()) {
      Expression where = select.where();
      boolean always = where instanceof Const constant && Long.valueOf(1).equals(constant.value());
      return new Plan.Result(new Cost(0, 0.01, 1, 0), List.of(), null, always ? null : where);
    }
    JoinRel rel = new FromPlanner(context).plan(select.from(), select.where(), needed, wanted);
    return choose(rel, wanted, bound);
  }

  /// The plan that is cheapest once it is sorted as wanted and cut off.
  private Plan choose(JoinRel rel, List<List<SortItem>> wanted, double bound) {
    Plan best = rel.cheapest();
    double bestCost = Double.MAX_VALUE;
    List<SortItem> want = wanted.isEmpty() ? List.of() : wanted.getFirst();
    for (Plan plan : rel.plans) {
      Cost cost = plan.cost();
      if (!Orderings.satisfies(Orderings.of(plan), want, Orderings.fixed(plan))) {
        cost = context.costs().sort(cost, bound);
      }
      if (bound >= 0) {
        cost = CostModel.limit(cost, 0, bound);
      }
      if (cost.total() < bestCost) {
        bestCost = cost.total();
        best = plan;
      }
    }
    return best;
  }

  private static double limitRows(Query.Select select) {
    if (select.grouped() || select.distinct() || select.hasWindowFunctions()) {
      return -1;
    }
    return limitRows(select.limits());
  }

  /// How many rows a LIMIT is taken to ask for: its number where it is known, PostgreSQL's guess of
  /// a tenth otherwise, -1 without one.
  private static double limitRows(Query.Limits limits) {
    if (limits.limit() == null) {
      return -1;
    }
    double count = limits.limit() instanceof Const c && c.value() instanceof Long n ? n : 10;
    double offset = limits.offset() instanceof Const c && c.value() instanceof Long n ? n : 0;
    return count + offset;
  }

  private static List<SortItem> sortItems(Query.Select select) {
    List<SortItem> items = new ArrayList<>();
    for (Query.SortKey key : select.orderBy()) {
      Expression expr = select.targets().get(key.target()).expr();
      // Grouping sets make nulls of constants, too.
      boolean varies = !(expr instanceof Const) || !select.groupingSets().isEmpty();
      if (varies && items.stream().noneMatch(i -> i.expr().equals(expr))) {
        items.add(new SortItem(expr, key.descending(), key.nullsFirst()));
      }
    }
    return items;
  }

  private static List<SortItem> distinctOrder(Query.Select select, List<Expression> targets) {
    List<SortItem> items = new ArrayList<>();
    for (Expression expr : DistinctPlanner.columns(select, targets)) {
      items.add(new SortItem(expr, false, false));
    }
    return items;
  }

  private Plan project(Plan input, List<Expression> output) {
    if (input.output().equals(output)) {
      return input;
    }
    Cost cost = input.cost();
    int operators = 0;
    for (Expression expr : output) {
      operators += input.output().contains(expr) ? 0 : Clauses.operators(expr);
    }
    double extra = operators * 0.0025 * cost.rows();
    Cost own = new Cost(cost.startup(), cost.total() + extra, cost.rows(), context.widthOf(output));
    return new Plan.Project(own, output, input);
  }

  /// Calls of set-returning functions among the outputs. What is computed from a set's elements is
  /// computed above.
  private Plan projectSet(Plan input, List<Expression> output) {
    List<Expression> sets = new ArrayList<>();
    for (Expression expr : output) {
      gatherSets(expr, input.output(), sets);
    }
    return project(projectSets(input, sets), output);
  }

  /// The calls within an expression, and what the rest of it needs of the input.
  private static void gatherSets(
      Expression expr, List<Expression> input, List<Expression> gathered) {
    boolean given = input.contains(expr);
    boolean within = !given && expr.children().stream().anyMatch(Clauses::returnsSet);
    if (within && expr.returnsSet()) {
      throw PgException.notSupported("a set-returning function as an argument of another");
    }
    if (within) {
      expr.children().forEach(child -> gatherSets(child, input, gathered));
    } else if (!(expr instanceof Const) && !gathered.contains(expr)) {
      gathered.add(expr);
    }
  }

  private Plan projectSets(Plan input, List<Expression> output) {
    Cost cost = input.cost();
    Cost own =
        new Cost(
            cost.startup(),
            cost.total() + cost.rows() * 10,
            cost.rows() * 1000,
            context.widthOf(output));
    return new Plan.ProjectSet(own, output, input);
  }

  Plan sort(Plan input, List<SortItem> order, Query.@Nullable Limits limits) {
    if (order.isEmpty()
        || Orderings.satisfies(Orderings.of(input), order, Orderings.fixed(input))) {
      return input;
    }
    double bound = limits == null ? -1 : limitRows(limits);
    Cost cost = context.costs().sort(input.cost(), bound);
    if (!context.settings().sort()) {
      cost = cost.plus(PlannerSettings.DISABLED);
    }
    return new Plan.Sort(cost, input, order, limits == null || limits.isNone() ? null : limits);
  }

  static Plan limit(Plan input, Query.Limits limits) {
    if (limits.isNone()) {
      return input;
    }
    double offset = limits.offset() instanceof Const c && c.value() instanceof Long n ? n : 0;
    double count = -1;
    if (limits.limit() != null) {
      count =
          limits.limit() instanceof Const c && c.value() instanceof Long n
              ? n
              : Math.max(1, Math.rint(input.cost().rows() * 0.1));
    }
    return new Plan.Limit(CostModel.limit(input.cost(), offset, count), input, limits);
  }
}
