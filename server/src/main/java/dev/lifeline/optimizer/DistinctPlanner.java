package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query;
import java.util.ArrayList;
import java.util.List;

/// Plans DISTINCT and DISTINCT ON.
final class DistinctPlanner {
  private final PlannerContext context;

  DistinctPlanner(PlannerContext context) {
    this.context = context;
  }

  /// The columns in which rows must differ.
  static List<Expression> columns(Query.Select select, List<Expression> targets) {
    List<Expression> result = new ArrayList<>();
    if (select.distinctOn().isEmpty()) {
      for (Query.Output output : select.outputs()) {
        if (!result.contains(output.expr())) {
          result.add(output.expr());
        }
      }
    } else {
      select.distinctOn().forEach(target -> result.add(targets.get(target)));
    }
    return result;
  }

  Plan distinct(Plan input, Query.Select select, List<Expression> targets, List<SortItem> orderBy) {
    List<Expression> columns = columns(select, targets);
    List<SortItem> order = new ArrayList<>(orderBy);
    for (Expression column : columns) {
      if (order.stream().noneMatch(item -> item.expr().equals(column))) {
        order.add(new SortItem(column, false, false));
      }
    }
    double groups = new GroupCount(context).estimate(columns, input.cost().rows());
    Plan sorted = new SelectPlanner(context).sort(input, order, null);
    Cost uniqueCost =
        sorted.cost().plus(0.0025 * columns.size() * sorted.cost().rows()).withRows(groups);
    if (select.distinctOn().isEmpty() && columns.equals(input.output())) {
      Cost hashed =
          context
              .costs()
              .hashedAggregate(input.cost(), 0, columns.size(), groups, input.cost().width());
      double total = orderBy.isEmpty() ? hashed.total() : context.costs().sort(hashed, -1).total();
      if (context.settings().hashAggregate() && total < uniqueCost.total()) {
        return new Plan.Aggregate(
            hashed,
            Plan.GroupStrategy.HASHED,
            input,
            columns,
            List.of(),
            List.of(),
            List.of(),
            null);
      }
    }
    return new Plan.Unique(uniqueCost, sorted, columns);
  }
}
