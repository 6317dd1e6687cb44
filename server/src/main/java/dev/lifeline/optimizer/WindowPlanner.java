package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.Window;
import java.util.ArrayList;
import java.util.List;

/// Plans window functions: a node for each window, over its input in the window's order. The
/// windows that have a common order stand next to each other, the longest order lowest, so that one
/// sort serves them all.
final class WindowPlanner {
  private final PlannerContext context;

  WindowPlanner(PlannerContext context) {
    this.context = context;
  }

  /// A window, and what is called over it.
  private record Active(Window window, List<SortItem> order, List<WindowFunc> calls) {}

  /// The order that is wanted of the input of the first window.
  static List<SortItem> firstOrder(Query.Select select) {
    List<Active> windows = active(select);
    return windows.isEmpty() ? List.of() : windows.getFirst().order;
  }

  Plan plan(Plan input, Query.Select select) {
    Plan plan = input;
    for (Active active : active(select)) {
      plan = new SelectPlanner(context).sort(plan, active.order, null);
      List<Expression> output = new ArrayList<>(plan.output());
      output.addAll(active.calls);
      Cost cost =
          context
              .costs()
              .window(
                  plan.cost(),
                  active.calls.size(),
                  active.window.partitionBy().size() + active.window.orderBy().size(),
                  context.widthOf(output));
      plan = new Plan.WindowAgg(cost, output, plan, active.window, active.calls);
    }
    return plan;
  }

  private static List<Active> active(Query.Select select) {
    List<WindowFunc> calls = new ArrayList<>();
    select.targets().forEach(target -> collect(target.expr(), calls));
    List<Expression> keys = new ArrayList<>();
    List<Active> result = new ArrayList<>();
    for (int i = 0; i < select.windows().size(); i++) {
      int number = i;
      Window window = select.windows().get(i);
      List<SortItem> order = order(window);
      order.stream().map(SortItem::expr).filter(key -> !keys.contains(key)).forEach(keys::add);
      List<WindowFunc> own = calls.stream().filter(call -> call.window() == number).toList();
      if (!own.isEmpty()) {
        result.add(new Active(window, order, own));
      }
    }
    result.sort((a, b) -> compare(a.order, b.order, keys));
    return result;
  }

  private static void collect(Expression expr, List<WindowFunc> result) {
    if (expr instanceof WindowFunc call) {
      if (!result.contains(call)) {
        result.add(call);
      }
      return;
    }
    expr.children().forEach(child -> collect(child, result));
  }

  private static List<SortItem> order(Window window) {
    List<SortItem> result = new ArrayList<>();
    for (Expression key : window.partitionBy()) {
      result.add(new SortItem(key, false, false));
    }
    for (SortKey key : window.orderBy()) {
      if (!window.partitionBy().contains(key.expression())) {
        result.add(new SortItem(key.expression(), key.descending(), key.nullsFirst()));
      }
    }
    return result;
  }

  /// As PostgreSQL puts them: by their keys, the ones that were named last first; of two where one
  /// begins as the other does, the longer.
  private static int compare(List<SortItem> a, List<SortItem> b, List<Expression> keys) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      SortItem left = a.get(i);
      SortItem right = b.get(i);
      int result = Integer.compare(keys.indexOf(right.expr()), keys.indexOf(left.expr()));
      if (result == 0) {
        result = Boolean.compare(right.descending(), left.descending());
      }
      if (result == 0) {
        result = Boolean.compare(right.nullsFirst(), left.nullsFirst());
      }
      if (result != 0) {
        return result;
      }
    }
    return Integer.compare(b.size(), a.size());
  }
}
