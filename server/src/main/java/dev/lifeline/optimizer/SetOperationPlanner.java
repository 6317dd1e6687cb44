package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.tree.SetOperation;
import java.util.ArrayList;
import java.util.List;

/// Plans UNION, INTERSECT and EXCEPT.
final class SetOperationPlanner {
  private final PlannerContext context;

  SetOperationPlanner(PlannerContext context) {
    this.context = context;
  }

  Plan plan(Query.SetOperationQuery set) {
    context.plan(set.with());
    List<Expression> output = set.outputs().stream().map(Query.Output::expr).toList();
    Plan plan = set.operation() == SetOperation.UNION ? union(set, output) : hashed(set, output);
    List<SortItem> order = new ArrayList<>();
    for (Query.SortKey key : set.orderBy()) {
      order.add(new SortItem(output.get(key.target()), key.descending(), key.nullsFirst()));
    }
    plan = new SelectPlanner(context).sort(plan, order, set.limits());
    return SelectPlanner.limit(plan, set.limits());
  }

  /// The recursive term is taken to run ten times.
  Plan plan(Query.RecursiveUnion union) {
    context.plan(union.with());
    List<Expression> output = union.outputs().stream().map(Query.Output::expr).toList();
    Plan initial = context.plan(union.initial());
    Plan recursive = context.plan(union.recursive());
    double rows = initial.cost().rows() + 10 * recursive.cost().rows();
    double total =
        initial.cost().total() + 10 * recursive.cost().total() + context.costs().tuples(rows);
    Cost cost = new Cost(initial.cost().startup(), total, rows, context.widthOf(output));
    return new Plan.RecursiveUnion(
        cost, output, initial, recursive, union.workTable(), union.all());
  }

  private Plan union(Query.SetOperationQuery set, List<Expression> output) {
    List<Plan> inputs = new ArrayList<>();
    collect(set.left(), set.all(), inputs);
    collect(set.right(), set.all(), inputs);
    double total = 0;
    double rows = 0;
    for (Plan input : inputs) {
      total += input.cost().total();
      rows += input.cost().rows();
    }
    total += 0.005 * rows;
    Cost cost = new Cost(inputs.getFirst().cost().startup(), total, rows, context.widthOf(output));
    Plan append = new Plan.Append(cost, output, inputs);
    if (set.all()) {
      return append;
    }
    Cost hashed = context.costs().hashedAggregate(cost, 0, output.size(), rows, cost.width());
    return new Plan.Aggregate(
        hashed, Plan.GroupStrategy.HASHED, append, output, List.of(), List.of(), List.of(), null);
  }

  /// The arms of nested unions, which become one list: of UNION ALL those of UNION ALL, of UNION
  /// those of both.
  private void collect(Query query, boolean all, List<Plan> inputs) {
    if (query instanceof Query.SetOperationQuery set
        && set.operation() == SetOperation.UNION
        && (set.all() || !all)
        && set.limits().isNone()
        && set.orderBy().isEmpty()) {
      context.plan(set.with());
      collect(set.left(), all, inputs);
      collect(set.right(), all, inputs);
    } else {
      inputs.add(context.plan(query));
    }
  }

  private Plan hashed(Query.SetOperationQuery set, List<Expression> output) {
    Plan left = context.plan(set.left());
    Plan right = context.plan(set.right());
    double rows = left.cost().rows();
    double total = left.cost().total() + right.cost().total() + 0.01 * (rows + right.cost().rows());
    return new Plan.SetOp(
        new Cost(total, total, rows, context.widthOf(output)),
        output,
        set.operation(),
        set.all(),
        left,
        right);
  }
}
