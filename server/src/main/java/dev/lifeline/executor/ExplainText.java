package dev.lifeline.executor;

import dev.lifeline.executor.node.SortOperator;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// EXPLAIN as text.
final class ExplainText {
  private final ExplainOptions options;
  private final @Nullable Instrumentation counters;
  private final List<String> lines = new ArrayList<>();

  ExplainText(ExplainOptions options, @Nullable Instrumentation counters) {
    this.options = options;
    this.counters = counters;
  }

  List<String> lines(ExplainNode root) {
    add(root, 0, "");
    return lines;
  }

  /// @param indent of the node's properties
  private void add(ExplainNode node, int indent, String arrow) {
    int own = arrow.isEmpty() ? 0 : indent - arrow.length();
    lines.add(" ".repeat(Math.max(0, own)) + arrow + node.title + cost(node) + actual(node));
    String margin = " ".repeat(indent + 2);
    for (List<String> set : node.groupingSets) {
      lines.add(margin + (set.isEmpty() ? "Group Key: ()" : "Hash Key: " + String.join(", ", set)));
    }
    node.properties.forEach((label, value) -> {
      lines.add(
          margin
              + label
              + ": "
              + (value instanceof List<?> list
                  ? String.join(", ", list.stream().map(Object::toString).toList())
                  : value));
      Instrumentation.Counters counted = counters == null ? null : counters.of(node.counted);
      if (label.equals(ExplainNode.RECHECK) && counted != null && counted.removed(true) > 0) {
        lines.add(margin + "Rows Removed by Index Recheck: " + counted.removed(true));
      }
    });
    addActuals(node, margin);
    for (ExplainNode.Child child : node.children) {
      if (child.label() != null && child.relationship().equals("InitPlan")) {
        addChild(child, indent, margin);
      }
    }
    for (ExplainNode.Child child : node.children) {
      if (child.label() == null) {
        addChild(child, indent, margin);
      }
    }
    for (ExplainNode.Child child : node.children) {
      if (child.label() != null && !child.relationship().equals("InitPlan")) {
        addChild(child, indent, margin);
      }
    }
  }

  private void addChild(ExplainNode.Child child, int indent, String margin) {
    if (child.label() == null) {
      add(child.node(), indent + 6, "->  ");
    } else {
      lines.add(margin + child.label());
      add(child.node(), indent + 8, "->  ");
    }
  }

  private String cost(ExplainNode node) {
    return options.costs()
        ? String.format(
            Locale.ROOT,
            "  (cost=%.2f..%.2f rows=%.0f width=%d)",
            node.cost.startup(),
            node.cost.total(),
            rows(node),
            node.cost.width())
        : "";
  }

  /// A statement that changes data and returns nothing has no rows, and the least estimate is one.
  static double rows(ExplainNode node) {
    return node.type.equals("ModifyTable") && node.cost.width() == 0 ? 0 : node.cost.rows();
  }

  private String actual(ExplainNode node) {
    if (counters == null) {
      return "";
    }
    Instrumentation.Counters own = counters.of(node.counted);
    if (own == null || own.loops == 0) {
      return " (never executed)";
    }
    double rows = (double) own.rows / own.loops;
    if (!options.timing()) {
      return String.format(Locale.ROOT, " (actual rows=%.0f loops=%d)", rows, own.loops);
    }
    return String.format(
        Locale.ROOT,
        " (actual time=%.3f..%.3f rows=%.0f loops=%d)",
        own.firstRowNanos / 1e6 / own.loops,
        own.nanos / 1e6 / own.loops,
        rows,
        own.loops);
  }

  private void addActuals(ExplainNode node, String margin) {
    Instrumentation.Counters own = counters == null ? null : counters.of(node.counted);
    if (own == null || node.title.equals("Hash")) {
      return;
    }
    if (own.removed(false) > 0) {
      lines.add(margin + "Rows Removed by Filter: " + own.removed(false));
    }
    if (own.measured != null) {
      addFigures(own.measured.figures(), margin);
    }
    if (own.operator instanceof SortOperator sort) {
      lines.add(
          margin
              + "Sort Method: "
              + sort.method().label()
              + (sort.method() == SortOperator.Method.EXTERNAL ? "  Disk: " : "  Memory: ")
              + Math.max(25, sort.spaceBytes() / 1024)
              + "kB");
    }
  }

  /// The blocks of a bitmap scan are one line.
  private void addFigures(Map<String, Long> figures, String margin) {
    StringBuilder blocks = new StringBuilder();
    figures.forEach((label, value) -> {
      switch (label) {
        case "Exact Heap Blocks" -> blocks.append(value > 0 ? " exact=" + value : "");
        case "Lossy Heap Blocks" -> blocks.append(value > 0 ? " lossy=" + value : "");
        default -> lines.add(margin + label + ": " + value);
      }
    });
    if (!blocks.isEmpty()) {
      lines.add(margin + "Heap Blocks:" + blocks);
    }
  }
}
