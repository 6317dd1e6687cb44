package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plans a FROM clause with its WHERE: the single entries first, then their joins.
final class FromPlanner {
  private final PlannerContext context;

  FromPlanner(PlannerContext context) {
    this.context = context;
  }

  /// @param needed what is read of the result
  /// @param wanted the orders that would save a sort
  JoinRel plan(
      List<FromItem> from,
      @Nullable Expression where,
      Set<Expression> needed,
      List<List<SortItem>> wanted) {
    JoinProblem problem = new JoinProblem(from, where);
    Map<Integer, RelationInfo> infos = new HashMap<>();
    for (RangeEntry entry : problem.entries) {
      infos.put(entry.id(), ScanPaths.info(context, entry));
    }
    Map<Integer, List<Expression>> columns = columns(problem, needed);
    Map<Integer, JoinPaths.LateralEntry> lateral = new HashMap<>();
    JoinPaths paths = new JoinPaths(context, problem, infos, columns, lateral);
    List<JoinRel> base = new ArrayList<>();
    for (int bit = 0; bit < problem.entries.size(); bit++) {
      base.add(baseRel(problem, bit, infos, columns, lateral, paths, wanted));
    }
    JoinRel result =
        base.size() == 1 ? base.getFirst() : new JoinSearch(problem, paths).search(base);
    return constantConditions(problem, result);
  }

  /// Conditions that name no entry decide once for all rows.
  private static JoinRel constantConditions(JoinProblem problem, JoinRel rel) {
    List<Expression> constant =
        problem.conditions.stream()
            .filter(condition -> condition.relids() == 0)
            .map(JoinProblem.Condition::expr)
            .filter(condition -> !ConstantFolder.isTrue(condition))
            .toList();
    Expression filter = Clauses.and(constant);
    if (filter == null) {
      return rel;
    }
    JoinRel result = new JoinRel(rel.relids);
    for (Plan plan : rel.plans) {
      result.add(new Plan.Result(plan.cost(), plan.output(), plan, filter));
    }
    return result;
  }

  /// The columns that are read of each entry, by what stands above or by a condition.
  private static Map<Integer, List<Expression>> columns(
      JoinProblem problem, Set<Expression> needed) {
    Set<Expression> all = new LinkedHashSet<>(needed);
    problem.conditions.forEach(condition -> SelectPlanner.addVars(condition.expr(), all));
    for (RangeEntry entry : problem.entries) {
      lateralVars(entry).forEach(var -> all.add(var));
    }
    Map<Integer, List<Expression>> result = new HashMap<>();
    problem.entries.forEach(entry -> result.put(entry.id(), new ArrayList<>()));
    for (Expression expr : all) {
      if (expr instanceof Var var && result.containsKey(var.varno())) {
        List<Expression> columns = result.get(var.varno());
        if (columns != null) {
          columns.add(var);
        }
      }
    }
    return result;
  }

  private static Set<Var> lateralVars(RangeEntry entry) {
    Set<Var> vars = new LinkedHashSet<>();
    switch (entry) {
      case RangeEntry.Subquery subquery -> {
        if (subquery.lateral()) {
          vars.addAll(SubLinkPlanner.freeVars(subquery.query()));
        }
      }
      case RangeEntry.Function function -> function.calls().forEach(call -> addVars(call, vars));
      case RangeEntry.Values values ->
          values.rows().forEach(row -> row.forEach(expr -> addVars(expr, vars)));
      case RangeEntry.Table table -> {}
      case RangeEntry.Cte cte -> {}
    }
    return vars;
  }

  private static void addVars(Expression expr, Set<Var> vars) {
    Set<Expression> found = new LinkedHashSet<>();
    SelectPlanner.addVars(expr, found);
    found.forEach(node -> vars.add((Var) node));
  }

  private JoinRel baseRel(
      JoinProblem problem,
      int bit,
      Map<Integer, RelationInfo> infos,
      Map<Integer, List<Expression>> columns,
      Map<Integer, JoinPaths.LateralEntry> lateral,
      JoinPaths paths,
      List<List<SortItem>> wanted) {
    RangeEntry entry = problem.entries.get(bit);
    RelationInfo info = infos.get(entry.id());
    List<Expression> output = columns.get(entry.id());
    if (info == null || output == null) {
      throw new IllegalStateException("an entry was not counted");
    }
    JoinRel rel = new JoinRel(1L << bit);
    List<Expression> conditions = paths.baseConditions(rel.relids);
    RangeEntry free = withParameters(problem, bit, entry, lateral);
    if (free instanceof RangeEntry.Table table) {
      new ScanPaths(context, new Selectivity(infos, context.statisticsContext()))
          .table(info, table, conditions, output, wanted)
          .forEach(rel::add);
    } else {
      rel.add(
          otherScan(
              free, info, conditions, output, new Selectivity(infos, context.statisticsContext())));
    }
    return rel;
  }

  /// A LATERAL entry with what it reads of the others made parameters.
  private RangeEntry withParameters(
      JoinProblem problem,
      int bit,
      RangeEntry entry,
      Map<Integer, JoinPaths.LateralEntry> lateral) {
    Set<Var> vars = lateralVars(entry);
    if (vars.isEmpty()) {
      return entry;
    }
    Map<Var, Param> parameters = new LinkedHashMap<>();
    List<Plan.ParamAssignment> assignments = new ArrayList<>();
    long refs = 0;
    for (Var var : vars) {
      Param param = context.newParam(var);
      parameters.put(var, param);
      assignments.add(new Plan.ParamAssignment(param, var));
      refs |= problem.relids(var);
    }
    lateral.put(bit, new JoinPaths.LateralEntry(refs, assignments));
    FromItem replaced =
        QueryWalker.mapFrom(
            new FromItem.Entry(entry),
            whole ->
                QueryWalker.replace(
                    whole,
                    node -> {
                      Param param = node instanceof Var var ? parameters.get(var) : null;
                      return param == null ? node : param;
                    }));
    return ((FromItem.Entry) replaced).range();
  }

  private Plan otherScan(
      RangeEntry entry,
      RelationInfo info,
      List<Expression> conditions,
      List<Expression> output,
      Selectivity selectivity) {
    Expression filter = Clauses.and(conditions);
    double part = selectivity.of(conditions);
    int width = context.widthOf(output);
    return switch (entry) {
      case RangeEntry.Function function ->
          new Plan.FunctionScan(
              new Cost(0.01, 0.01 + 0.01 * info.tuples(), info.tuples() * part, width),
              output,
              function,
              filter);
      case RangeEntry.Values values ->
          new Plan.ValuesScan(
              new Cost(0, 0.0125 * info.tuples(), info.tuples() * part, width),
              output,
              values,
              filter);
      case RangeEntry.Subquery subquery ->
          subqueryScan(subquery.query(), subquery.alias(), filter, part, output);
      case RangeEntry.Cte cte -> cteScan(cte, filter, part, output);
      case RangeEntry.Table table -> throw new IllegalStateException("a table has its own scans");
    };
  }

  private Plan subqueryScan(
      Query query,
      String alias,
      @Nullable Expression filter,
      double part,
      List<Expression> output) {
    Plan input = context.plan(query);
    Cost inner = input.cost();
    Cost cost =
        new Cost(
            inner.startup(),
            inner.total() + 0.01 * inner.rows(),
            inner.rows() * part,
            context.widthOf(output));
    return new Plan.SubqueryScan(cost, output, alias, positions(output), input, filter);
  }

  private Plan cteScan(
      RangeEntry.Cte cte, @Nullable Expression filter, double part, List<Expression> output) {
    if (cte.table().isWorkTable()) {
      double rows = ScanPaths.FUNCTION_ROWS;
      Cost cost = new Cost(0, 0.02 * rows, rows * part, context.widthOf(output));
      return new Plan.WorkTableScan(
          cost, output, cte.alias(), cte.table(), positions(output), filter);
    }
    Plan plan = context.commonTables().get(cte.table());
    if (plan == null) {
      return subqueryScan(cte.table().query(), cte.alias(), filter, part, output);
    }
    double rows = plan.cost().rows();
    Cost cost = new Cost(0, 0.02 * rows, rows * part, context.widthOf(output));
    return new Plan.CteScan(cost, output, cte.alias(), cte.table(), positions(output), filter);
  }

  private static List<Integer> positions(List<Expression> output) {
    return output.stream().map(expr -> ((Var) expr).attno() - 1).toList();
  }
}
