package dev.lifeline.executor;

import dev.lifeline.events.StatementEvent.PlanNode;
import java.util.ArrayList;
import java.util.List;

/// What the nodes of an executed plan did, under the names that EXPLAIN has for them.
final class PlanNodes {
  private static final int NODES_MAX = 200;

  private final Instrumentation instrumentation;
  private final long startNanos;
  private final List<PlanNode> nodes = new ArrayList<>();

  private PlanNodes(Instrumentation instrumentation, long startNanos) {
    this.instrumentation = instrumentation;
    this.startNanos = startNanos;
  }

  /// @param startNanos when the execution began, by the session's clock
  static List<PlanNode> of(ExplainNode root, Instrumentation instrumentation, long startNanos) {
    PlanNodes all = new PlanNodes(instrumentation, startNanos);
    all.add(root, -1);
    return all.nodes;
  }

  /// Nodes that never ran are left out, and so are those below them.
  private void add(ExplainNode node, int parent) {
    Instrumentation.Counters counters = instrumentation.of(node.counted);
    if (counters == null || counters.loops == 0 || nodes.size() == NODES_MAX) {
      return;
    }
    int place = nodes.size();
    nodes.add(
        new PlanNode(
            node.title,
            parent,
            ms(counters.beganNanos - startNanos),
            ms(counters.answeredNanos - startNanos),
            ms(counters.nanos),
            counters.rows,
            counters.loops));
    node.children.forEach(child -> add(child.node(), place));
  }

  /// To the microsecond.
  private static double ms(long nanos) {
    return Math.round(Math.max(0, nanos) / 1e3) / 1e3;
  }
}
