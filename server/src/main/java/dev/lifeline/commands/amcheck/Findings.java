package dev.lifeline.commands.amcheck;

import java.util.ArrayList;
import java.util.List;

/// What is wrong, a line for each, up to a limit: where a file is garbage, everything in it is.
final class Findings {
  private static final int LINES_MAX = 1000;

  private final List<String> lines = new ArrayList<>();
  private long left;

  /// @param where a file or a relation
  void add(String where, String what) {
    if (lines.size() < LINES_MAX) {
      lines.add(where + ": " + what);
    } else {
      left++;
    }
  }

  List<String> lines() {
    List<String> all = new ArrayList<>(lines);
    if (left > 0) {
      all.add("and " + left + " more");
    }
    return all;
  }
}
