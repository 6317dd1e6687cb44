package dev.lifeline.executor;

import dev.lifeline.optimizer.Cost;
import dev.lifeline.optimizer.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A node of a plan as EXPLAIN shows it, whatever the format.
final class ExplainNode {
  /// A node below another one.
  ///
  /// @param relationship as JSON calls it: `Outer`, `Inner`, `Member`, `InitPlan`, `SubPlan`,
  ///   `Subquery`
  /// @param label what stands above it in text, e.g. `SubPlan 1`, or null
  record Child(ExplainNode node, String relationship, @Nullable String label) {}

  /// The conditions that a bitmap stands for.
  static final String RECHECK = "Recheck Cond";

  /// The name, and in text what is read: `Seq Scan on e x`.
  final String title;

  /// The node type alone.
  final String type;

  final Cost cost;

  /// Whose counters are shown.
  final Plan counted;

  /// The lines below the title: a text, or a list of texts.
  final Map<String, Object> properties = new LinkedHashMap<>();

  /// The keys of each grouping set, before the other properties.
  final List<List<String>> groupingSets = new ArrayList<>();

  /// What only JSON tells: the relation's name, the alias, the join type.
  final Map<String, String> details = new LinkedHashMap<>();

  final List<Child> children = new ArrayList<>();

  ExplainNode(String title, String type, Cost cost, Plan counted) {
    this.title = title;
    this.type = type;
    this.cost = cost;
    this.counted = counted;
  }
}
