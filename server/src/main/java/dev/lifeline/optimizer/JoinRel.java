package dev.lifeline.optimizer;

import java.util.ArrayList;
import java.util.List;

/// A set of joined entries and the plans worth keeping for it.
final class JoinRel {
  final long relids;
  final List<Plan> plans = new ArrayList<>();

  /// The rows that any plan for it yields; -1 until the first plan tells.
  double rows = -1;

  /// What is no better than by this factor is as good.
  private static final double FUZZ = 1.0000000001;

  JoinRel(long relids) {
    this.relids = relids;
  }

  /// Keeps a plan unless another one is at least as good in all that counts, and drops those that
  /// it beats.
  void add(Plan plan) {
    List<SortItem> order = Orderings.of(plan);
    for (Plan other : plans) {
      if (other.cost().total() <= plan.cost().total() * FUZZ
          && other.cost().startup() <= plan.cost().startup() * FUZZ
          && startsWith(Orderings.of(other), order)) {
        return;
      }
    }
    plans.removeIf(other ->
        plan.cost().total() <= other.cost().total()
            && plan.cost().startup() <= other.cost().startup()
            && startsWith(order, Orderings.of(other)));
    plans.add(plan);
  }

  private static boolean startsWith(List<SortItem> order, List<SortItem> prefix) {
    return order.size() >= prefix.size() && order.subList(0, prefix.size()).equals(prefix);
  }

  Plan cheapest() {
    Plan best = plans.getFirst();
    for (Plan plan : plans) {
      if (plan.cost().total() < best.cost().total()) {
        best = plan;
      }
    }
    return best;
  }
}
