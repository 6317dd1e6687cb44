package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Takes subqueries out of expressions: those that WHERE asks whether they have a row become joins,
/// the others subplans.
final class SubLinkPlanner {
  private final PlannerContext context;

  SubLinkPlanner(PlannerContext context) {
    this.context = context;
  }

  /// Turns the EXISTS, NOT EXISTS and IN conditions of a WHERE into semi and anti joins, where
  /// their form allows it.
  ///
  /// @param from is extended by the joins: then it has one item
  /// @return what remains of the condition
  @Nullable Expression pullUp(List<FromItem> from, @Nullable Expression where) {
    List<Expression> rest = new ArrayList<>();
    for (Expression condition : Clauses.conjuncts(where)) {
      FromItem joined = from.isEmpty() ? null : tryJoin(from, condition);
      if (joined == null) {
        rest.add(condition);
      } else {
        from.clear();
        from.add(joined);
      }
    }
    return Clauses.and(rest);
  }

  private static @Nullable FromItem tryJoin(List<FromItem> from, Expression condition) {
    if (condition instanceof SubLinkExpr sublink) {
      return switch (sublink.kind()) {
        case EXISTS -> exists(from, sublink, FromItem.Type.SEMI);
        case ANY -> any(from, sublink);
        default -> null;
      };
    }
    if (condition instanceof BoolExpr not
        && not.kind() == BoolExpr.Kind.NOT
        && not.args().getFirst() instanceof SubLinkExpr sublink
        && sublink.kind() == SubLinkExpr.Kind.EXISTS) {
      return exists(from, sublink, FromItem.Type.ANTI);
    }
    return null;
  }

  /// The subquery's FROM joins with ours on its WHERE, which must say something of both and name
  /// nothing but them. What the subquery returns does not matter.
  private static @Nullable FromItem exists(
      List<FromItem> from, SubLinkExpr sublink, FromItem.Type type) {
    if (!(sublink.query() instanceof Query.Select select)
        || select.from().isEmpty()
        || select.grouped()
        || select.hasWindowFunctions()
        || !select.with().isEmpty()
        || !select.rowMarks().isEmpty()
        || select.limits().offset() != null
        || !isHarmlessLimit(select.limits().limit())
        || select.where() == null
        || select.targets().stream().anyMatch(target -> Clauses.returnsSet(target.expr()))) {
      return null;
    }
    Expression where = select.where();
    Set<Integer> inner = rangesOf(select.from());
    Set<Integer> outer = rangesOf(from);
    boolean correlated = false;
    for (int range : Clauses.ranges(where)) {
      if (!inner.contains(range)) {
        if (!outer.contains(range) && !definedWithin(where, range)) {
          return null;
        }
        correlated |= outer.contains(range);
      }
    }
    if (!correlated || Clauses.hasSubLink(where) || !innerIsFree(select, outer)) {
      return null;
    }
    return new FromItem.Join(type, cross(from), cross(select.from()), where);
  }

  private static boolean isHarmlessLimit(@Nullable Expression limit) {
    return limit == null
        || (limit instanceof Const constant && constant.value() instanceof Long n && n > 0);
  }

  private static boolean definedWithin(Expression where, int range) {
    Set<Integer> defined = new HashSet<>();
    QueryWalker.forEachNode(
        where,
        node -> {
          if (node instanceof SubLinkExpr sublink) {
            defined.addAll(definedRanges(sublink.query()));
            defined.add(sublink.testRange());
          }
        });
    return defined.contains(range);
  }

  /// Whether the subquery's FROM itself reads nothing of ours.
  private static boolean innerIsFree(Query.Select select, Set<Integer> outer) {
    Set<Integer> named = new HashSet<>();
    for (FromItem item : select.from()) {
      QueryWalker.mapFrom(
          item,
          expr -> {
            named.addAll(Clauses.ranges(expr));
            return expr;
          });
    }
    return named.stream().noneMatch(outer::contains);
  }

  private static FromItem cross(List<FromItem> from) {
    FromItem result = from.getFirst();
    for (FromItem item : from.subList(1, from.size())) {
      result = new FromItem.Join(FromItem.Type.INNER, result, item, null);
    }
    return result;
  }

  /// `x IN (SELECT y ...)`: a semi join with the subquery as it is, provided that it reads nothing
  /// of ours.
  private static @Nullable FromItem any(List<FromItem> from, SubLinkExpr sublink) {
    Expression test = sublink.test();
    if (test == null || !freeVars(sublink.query()).isEmpty() || Clauses.isVolatile(test)) {
      return null;
    }
    Set<Integer> outer = rangesOf(from);
    boolean readsOurs = false;
    for (int range : Clauses.ranges(test)) {
      if (range != sublink.testRange() && !outer.contains(range)) {
        return null;
      }
      readsOurs |= outer.contains(range);
    }
    if (!readsOurs || Clauses.hasSubLink(test)) {
      return null;
    }
    List<RangeEntry.RangeColumn> columns = new ArrayList<>();
    List<Query.Output> outputs = sublink.query().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      Expression expr = outputs.get(i).expr();
      columns.add(
          new RangeEntry.RangeColumn(
              outputs.get(i).name(), i + 1, expr.type(), expr.typmod(), 0, 0));
    }
    RangeEntry range =
        new RangeEntry.Subquery(
            sublink.testRange(), "ANY_subquery", sublink.query(), false, columns);
    return new FromItem.Join(FromItem.Type.SEMI, cross(from), new FromItem.Entry(range), test);
  }

  static Set<Integer> rangesOf(List<FromItem> from) {
    Set<Integer> result = new HashSet<>();
    from.forEach(item -> collect(item, result));
    return result;
  }

  private static void collect(FromItem item, Set<Integer> result) {
    switch (item) {
      case FromItem.Entry entry -> result.add(entry.range().id());
      case FromItem.Join join -> {
        collect(join.left(), result);
        collect(join.right(), result);
      }
    }
  }

  /// The entries that a query brings itself, at any level.
  static Set<Integer> definedRanges(Query query) {
    Set<Integer> result = new HashSet<>();
    switch (query) {
      case Query.Select select -> {
        select.from().forEach(item -> collectDeep(item, result));
        QueryWalker.forEach(select, whole -> collectSubLinks(whole, result));
      }
      case Query.SetOperationQuery set -> {
        result.add(set.range().id());
        result.addAll(definedRanges(set.left()));
        result.addAll(definedRanges(set.right()));
      }
      case Query.RecursiveUnion union -> {
        result.add(union.range().id());
        result.addAll(definedRanges(union.initial()));
        result.addAll(definedRanges(union.recursive()));
      }
      case Query.Insert insert -> result.add(insert.target().id());
      case Query.Modify modify -> result.add(modify.target().id());
    }
    query.with().forEach(table -> result.addAll(definedRanges(table.query())));
    return result;
  }

  private static void collectSubLinks(Expression whole, Set<Integer> result) {
    QueryWalker.forEachNode(
        whole,
        node -> {
          if (node instanceof SubLinkExpr sublink) {
            result.addAll(definedRanges(sublink.query()));
            result.add(sublink.testRange());
          }
        });
  }

  private static void collectDeep(FromItem item, Set<Integer> result) {
    switch (item) {
      case FromItem.Entry entry -> {
        result.add(entry.range().id());
        if (entry.range() instanceof RangeEntry.Subquery subquery) {
          result.addAll(definedRanges(subquery.query()));
        }
      }
      case FromItem.Join join -> {
        collectDeep(join.left(), result);
        collectDeep(join.right(), result);
      }
    }
  }

  /// The columns that a query reads of queries around it.
  static Set<Var> freeVars(Query query) {
    Set<Integer> defined = definedRanges(query);
    Set<Var> free = new HashSet<>();
    QueryWalker.forEach(
        query,
        whole ->
            QueryWalker.forEachNode(
                whole,
                node -> {
                  if (node instanceof Var var && !defined.contains(var.varno())) {
                    free.add(var);
                  }
                }));
    return free;
  }

  /// Replaces the sublinks of an expression by subplans.
  Expression plan(Expression expr) {
    if (!Clauses.hasSubLink(expr)) {
      return expr;
    }
    Expression children = expr.mapChildren(this::plan);
    return children instanceof SubLinkExpr sublink ? subPlan(sublink) : children;
  }

  /// A query in which what it reads of those around it is parameters, and these.
  record Parameterized(Query query, List<Plan.ParamAssignment> parameters) {}

  Parameterized parameterize(Query query) {
    Map<Var, Param> parameters = new LinkedHashMap<>();
    freeVars(query).forEach(var -> parameters.put(var, context.newParam(var)));
    List<Plan.ParamAssignment> assignments = new ArrayList<>();
    parameters.forEach((var, param) -> assignments.add(new Plan.ParamAssignment(param, var)));
    if (assignments.isEmpty()) {
      return new Parameterized(query, assignments);
    }
    Query replaced =
        QueryWalker.map(
            query,
            whole ->
                QueryWalker.replace(
                    whole,
                    node -> {
                      Param param = node instanceof Var var ? parameters.get(var) : null;
                      return param == null ? node : param;
                    }));
    return new Parameterized(replaced, assignments);
  }

  private SubPlanExpr subPlan(SubLinkExpr sublink) {
    int id = context.newSubPlan();
    Query query = sublink.query();
    if (sublink.kind() == SubLinkExpr.Kind.EXISTS && query instanceof Query.Select select) {
      query = withoutOutputs(select);
    }
    Parameterized inner = parameterize(query);
    Plan plan = context.plan(inner.query());
    List<Param> testColumns = new ArrayList<>();
    Expression test = sublink.test();
    if (test != null) {
      for (Query.Output output : sublink.query().outputs()) {
        testColumns.add(context.newParam(output.expr()));
      }
      test =
          QueryWalker.replace(
              test,
              node ->
                  node instanceof Var var && var.varno() == sublink.testRange()
                      ? testColumns.get(var.attno() - 1)
                      : node);
    }
    return new SubPlanExpr(
        id,
        sublink.kind(),
        sublink.type(),
        sublink.typmod(),
        plan,
        inner.parameters(),
        test,
        testColumns,
        sublink.location());
  }

  /// EXISTS does not look at the outputs: where nothing depends on them they need not be computed.
  private static Query withoutOutputs(Query.Select select) {
    if (select.grouped()
        || select.hasWindowFunctions()
        || select.distinct()
        || !select.orderBy().isEmpty()
        || select.targets().stream().anyMatch(target -> Clauses.returnsSet(target.expr()))) {
      return select;
    }
    Query.Output nothing = new Query.Output("?column?", Const.of(Types.INT4, 1L), false, 0, 0);
    return new Query.Select(
        select.from(),
        select.where(),
        List.of(nothing),
        List.of(),
        List.of(),
        false,
        null,
        List.of(),
        false,
        List.of(),
        List.of(),
        select.limits(),
        select.rowMarks(),
        select.with());
  }

  /// The aggregates of an expression, each once.
  static void collectAggregates(Expression expr, List<Aggref> result) {
    if (expr instanceof Aggref aggregate) {
      if (!result.contains(aggregate)) {
        result.add(aggregate);
      }
      return;
    }
    expr.children().forEach(child -> collectAggregates(child, result));
  }
}
