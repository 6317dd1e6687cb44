package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Patterns of SIMILAR TO as regular expressions.
final class SimilarTo {
  private SimilarTo() {}

  /// @param escape one character, or empty for none
  static String translate(String pattern, String escape) {
    if (escape.codePointCount(0, escape.length()) > 1) {
      throw PgException.error(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid escape string")
          .hint("Escape string must be empty or one character.");
    }
    StringBuilder out = new StringBuilder("^(?:");
    boolean escaped = false;
    boolean inBracket = false;
    int separators = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (escaped) {
        escaped = false;
        if (c == '"' && !inBracket) {
          // The part of a substring() pattern that is wanted stands between two of these.
          out.append(separators++ == 0 ? "){1,1}?(" : "){1,1}(?:");
        } else {
          out.append('\\').append(c);
        }
      } else if (!escape.isEmpty() && c == escape.charAt(0)) {
        escaped = true;
      } else if (inBracket) {
        out.append(c == '\\' ? "\\\\" : Character.toString(c));
        inBracket = c != ']';
      } else {
        inBracket = c == '[';
        out.append(
            switch (c) {
              case '%' -> ".*";
              case '_' -> ".";
              case '(' -> "(?:";
              case '\\', '.', '^', '$' -> "\\" + c;
              default -> Character.toString(c);
            });
      }
    }
    return out.append(")$").toString();
  }
}
