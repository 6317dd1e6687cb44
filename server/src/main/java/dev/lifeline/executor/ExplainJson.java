package dev.lifeline.executor;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EXPLAIN as JSON, with PostgreSQL's keys.
final class ExplainJson {
  private final ExplainOptions options;
  private final @Nullable Instrumentation counters;

  ExplainJson(ExplainOptions options, @Nullable Instrumentation counters) {
    this.options = options;
    this.counters = counters;
  }

  String document(ExplainNode root, Map<String, Double> summary) {
    JsonObject statement = new JsonObject().put("Plan", node(root, null));
    summary.forEach(statement::put);
    return new JsonArray().add(statement).encodePrettily();
  }

  private JsonObject node(ExplainNode node, ExplainNode.@Nullable Child as) {
    JsonObject out = new JsonObject();
    out.put("Node Type", node.type);
    if (as != null) {
      out.put("Parent Relationship", as.relationship());
      if (as.label() != null) {
        out.put("Subplan Name", as.label());
      }
    }
    out.put("Parallel Aware", false);
    out.put("Async Capable", false);
    node.details.forEach(out::put);
    if (options.costs()) {
      out.put("Startup Cost", round(node.cost.startup(), 100));
      out.put("Total Cost", round(node.cost.total(), 100));
      out.put("Plan Rows", Math.round(ExplainText.rows(node)));
      out.put("Plan Width", node.cost.width());
    }
    actual(node, out);
    Instrumentation.Counters own = counters == null ? null : counters.of(node.counted);
    if (!node.groupingSets.isEmpty()) {
      JsonArray sets = new JsonArray();
      for (List<String> set : node.groupingSets) {
        JsonArray keys = new JsonArray().add(new JsonArray(List.copyOf(set)));
        sets.add(new JsonObject().put(set.isEmpty() ? "Group Keys" : "Hash Keys", keys));
      }
      out.put("Grouping Sets", sets);
    }
    node.properties.forEach((label, value) -> {
      out.put(label, value instanceof List<?> list ? new JsonArray(List.copyOf(list)) : value);
      if (counters != null && label.equals(ExplainNode.RECHECK)) {
        out.put("Rows Removed by Index Recheck", own == null ? 0 : own.removed(true));
      } else if (counters != null && label.equals("Filter")) {
        out.put("Rows Removed by Filter", own == null ? 0 : own.removed(false));
      }
    });
    figures(node, out);
    if (!node.children.isEmpty()) {
      JsonArray plans = new JsonArray();
      node.children.forEach(child -> plans.add(node(child.node(), child)));
      out.put("Plans", plans);
    }
    return out;
  }

  private void actual(ExplainNode node, JsonObject out) {
    Instrumentation.Counters own = counters == null ? null : counters.of(node.counted);
    if (counters == null) {
      return;
    }
    long loops = own == null ? 0 : own.loops;
    if (options.timing()) {
      out.put(
          "Actual Startup Time",
          own == null || loops == 0 ? 0.0 : round(own.firstRowNanos / 1e6 / loops, 1000));
      out.put(
          "Actual Total Time",
          own == null || loops == 0 ? 0.0 : round(own.nanos / 1e6 / loops, 1000));
    }
    out.put("Actual Rows", own == null || loops == 0 ? 0 : Math.round((double) own.rows / loops));
    out.put("Actual Loops", loops);
  }

  private void figures(ExplainNode node, JsonObject out) {
    Instrumentation.Counters own = counters == null ? null : counters.of(node.counted);
    if (own != null && own.measured != null) {
      own.measured.figures().forEach(out::put);
    }
  }

  private static double round(double value, double by) {
    return Math.rint(value * by) / by;
  }
}
