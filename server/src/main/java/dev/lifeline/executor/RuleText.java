package dev.lifeline.executor;

/// Text of a definition that is being written, with line breaks and indentation as PostgreSQL's
/// deparser makes them.
final class RuleText {
  static final int STANDARD = 8;
  static final int JOIN = 4;
  static final int VARIABLE = 4;

  /// How far lines are indented at most before the steps become smaller.
  private static final int LIMIT = 40;

  private StringBuilder out = new StringBuilder();
  private final boolean pretty;
  private final boolean lines;
  private final int wrapColumn;
  private int level;

  /// @param pretty whether parentheses that are not needed are left out
  /// @param lines whether clauses begin new lines
  /// @param wrapColumn how long a line of columns may become; negative for as long as it is
  RuleText(boolean pretty, boolean lines, int wrapColumn) {
    this.pretty = pretty;
    this.lines = lines;
    this.wrapColumn = wrapColumn;
  }

  boolean pretty() {
    return pretty;
  }

  boolean lines() {
    return lines;
  }

  RuleText add(String text) {
    out.append(text);
    return this;
  }

  void indent(int steps) {
    level += steps;
  }

  int level() {
    return level;
  }

  /// Goes back to a level of before.
  void level(int to) {
    level = to;
  }

  /// A keyword, at the beginning of a line where there are lines.
  ///
  /// @param before by how much the level changes before it
  /// @param after by how much it changes after it
  /// @param plus how much further the keyword itself stands
  void keyword(String keyword, int before, int after, int plus) {
    if (!lines) {
      out.append(keyword);
      return;
    }
    level += before;
    removeSpaces();
    out.append('\n');
    int amount =
        level < LIMIT
            ? Math.max(level, 0) + plus
            : LIMIT + (level - LIMIT) / (STANDARD / 2) % LIMIT + plus;
    out.repeat(' ', amount).append(keyword);
    level = Math.max(level + after, 0);
  }

  private void removeSpaces() {
    int length = out.length();
    while (length > 0 && out.charAt(length - 1) == ' ') {
      length--;
    }
    out.setLength(length);
  }

  /// What is written by this, for itself.
  String capture(Runnable writing) {
    StringBuilder outer = out;
    out = new StringBuilder();
    try {
      writing.run();
      return out.toString();
    } finally {
      out = outer;
    }
  }

  /// Adds an item of a list, on a new line where it would make this one too long.
  ///
  /// @param mayWrap whether it may begin a line at all
  /// @param afterLines whether the item before it went over several lines
  void item(String item, boolean mayWrap, boolean afterLines) {
    if (lines && wrapColumn >= 0) {
      if (item.startsWith("\n")) {
        removeSpaces();
      } else {
        int line = out.length() - out.lastIndexOf("\n") - 1;
        if (mayWrap && (line + item.length() > wrapColumn || afterLines)) {
          keyword("", -STANDARD, STANDARD, VARIABLE);
        }
      }
    }
    out.append(item);
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
