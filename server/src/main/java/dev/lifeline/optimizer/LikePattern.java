package dev.lifeline.optimizer;

import dev.lifeline.utils.adt.Text;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// What a LIKE pattern begins with, and how selective the rest of it is likely to be.
///
/// @param prefix the characters before the first wildcard
/// @param rest the pattern from there on; empty where there is no wildcard
record LikePattern(String prefix, String rest) {
  // The guesses of PostgreSQL: a fixed character, a wildcard for one, a wildcard for any number.
  private static final double FIXED_CHARACTER = 0.20;
  private static final double ANY_CHARACTER = 0.9;
  private static final double ANY_STRING = 5.0;

  static LikePattern of(String pattern) {
    StringBuilder prefix = new StringBuilder();
    int i = 0;
    for (; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '%' || c == '_') {
        break;
      }
      if (c == '\\' && i + 1 < pattern.length()) {
        i++;
      }
      prefix.append(pattern.charAt(i));
    }
    return new LikePattern(prefix.toString(), pattern.substring(i));
  }

  /// Whether only one string matches.
  boolean isExact() {
    return rest.isEmpty();
  }

  double restSelectivity() {
    double result = 1;
    int i = 0;
    // A percent sign at the beginning says nothing about what follows.
    while (i < rest.length() && (rest.charAt(i) == '%' || rest.charAt(i) == '_')) {
      i++;
    }
    for (; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '%') {
        result *= ANY_STRING;
      } else if (c == '_') {
        result *= ANY_CHARACTER;
      } else {
        i += c == '\\' ? 1 : 0;
        result *= FIXED_CHARACTER;
      }
    }
    return Math.min(1, result);
  }

  /// The least string that is greater than all that begin with the prefix; null where there is
  /// none.
  @Nullable Text successor() {
    byte[] bytes = Text.of(prefix).bytes().clone();
    for (int i = bytes.length - 1; i >= 0; i--) {
      if (bytes[i] != (byte) 0xFF) {
        byte[] result = Arrays.copyOf(bytes, i + 1);
        result[i]++;
        return Text.wrap(result);
      }
    }
    return null;
  }
}
