package dev.lifeline.parser.analyze;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which column was perhaps meant by a name that there is none of: the nearest by edit distance, as
/// PostgreSQL suggests it. A name that is off by more than three characters, or by more than half
/// of itself, is no suggestion; neither are three that are equally near.
final class ColumnHint {
  private static final int DISTANCE_MAX = 3;

  private ColumnHint() {}

  static @Nullable String find(Scope scope, @Nullable String qualifier, String name) {
    List<String> nearest = new ArrayList<>();
    int best = DISTANCE_MAX + 1;
    for (Scope level = scope; level != null; level = level.outer()) {
      for (Scope.Item item : level.items()) {
        if (!item.nameVisible || item.range == null) {
          continue;
        }
        int penalty = qualifier == null ? 0 : distance(qualifier, item.name);
        for (Scope.ScopeColumn column : item.columns) {
          int columnDistance = distance(name, column.name());
          if (columnDistance > name.length() / 2) {
            continue;
          }
          int total = penalty + columnDistance;
          if (total > DISTANCE_MAX || total > best) {
            continue;
          }
          if (total < best) {
            nearest.clear();
            best = total;
          }
          nearest.add("\"" + item.name + "." + column.name() + "\"");
        }
      }
    }
    return switch (nearest.size()) {
      case 1 -> "Perhaps you meant to reference the column " + nearest.getFirst() + ".";
      case 2 ->
          "Perhaps you meant to reference the column "
              + nearest.get(0)
              + " or the column "
              + nearest.get(1)
              + ".";
      default -> null;
    };
  }

  /// Levenshtein's distance.
  static int distance(String a, String b) {
    int[] previous = new int[b.length() + 1];
    int[] current = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      current[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int substitute = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(substitute, Math.min(previous[j], current[j - 1]) + 1);
      }
      int[] swap = previous;
      previous = current;
      current = swap;
    }
    return previous[b.length()];
  }
}
