package dev.lifeline.utils.adt;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The template of `to_char` and its kin over dates, taken apart.
final class FormatPattern {
  /// The keywords; of those with a common beginning the longest comes first.
  private static final List<String> KEYWORDS =
      List.of(
          "SSSSS", "SSSS", "HH24", "HH12", "YYYY", "IYYY", "Y,YYY", "MONTH", "A.D.", "B.C.", "A.M.",
          "P.M.", "IDDD", "DDD", "DAY", "MON", "YYY", "IYY", "TZH", "TZM", "FF1", "FF2", "FF3",
          "FF4", "FF5", "FF6", "HH", "MI", "SS", "MS", "US", "AM", "PM", "YY", "IY", "BC", "AD",
          "MM", "DY", "DD", "ID", "WW", "IW", "CC", "RM", "TZ", "OF", "Y", "I", "D", "W", "J", "Q");

  /// A keyword with its modifiers, or literal text.
  ///
  /// @param keyword in upper case, or empty for literal text
  /// @param text as it was written
  /// @param fill whether FM stands before it
  /// @param ordinal whether TH or th stands behind it
  record Part(
      String keyword,
      String text,
      boolean fill,
      boolean ordinal,
      boolean upperOrdinal,
      boolean quoted) {
    /// Whether the keyword was written in lower case, as in `month`.
    boolean lower() {
      return text.equals(text.toLowerCase(Locale.ROOT));
    }

    /// Whether only its first letter is a capital, as in `Month`.
    boolean capitalized() {
      return text.length() > 1
          && Character.isUpperCase(text.charAt(0))
          && Character.isLowerCase(text.charAt(1));
    }
  }

  private FormatPattern() {}

  static List<Part> parse(String pattern) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    while (at < pattern.length()) {
      char c = pattern.charAt(at);
      if (c == '"') {
        at = quoted(pattern, at, parts);
        continue;
      }
      if (c == '\\' && at + 1 < pattern.length() && pattern.charAt(at + 1) == '"') {
        parts.add(new Part("", "\"", false, false, false, true));
        at += 2;
        continue;
      }
      int start = at;
      boolean fill = false;
      // FM and TM may stand before a keyword; TM makes no difference in locale C.
      while (pattern.regionMatches(true, at, "FM", 0, 2)
          || pattern.regionMatches(true, at, "TM", 0, 2)) {
        fill |= pattern.regionMatches(true, at, "FM", 0, 2);
        at += 2;
      }
      if (pattern.regionMatches(true, at, "FX", 0, 2)) {
        at += 2;
        continue;
      }
      String keyword = keyword(pattern, at);
      if (keyword == null) {
        at = Math.max(at, start);
        if (at < pattern.length()) {
          parts.add(new Part("", pattern.substring(at, at + 1), false, false, false, false));
          at++;
        }
        continue;
      }
      String written = pattern.substring(at, at + keyword.length());
      at += keyword.length();
      boolean ordinal = pattern.regionMatches(true, at, "TH", 0, 2);
      boolean upper = ordinal && pattern.startsWith("TH", at);
      at += ordinal ? 2 : 0;
      parts.add(new Part(keyword, written, fill, ordinal, upper, false));
    }
    return parts;
  }

  private static int quoted(String pattern, int from, List<Part> parts) {
    StringBuilder text = new StringBuilder();
    int at = from + 1;
    while (at < pattern.length() && pattern.charAt(at) != '"') {
      if (pattern.charAt(at) == '\\' && at + 1 < pattern.length()) {
        at++;
      }
      text.append(pattern.charAt(at++));
    }
    parts.add(new Part("", text.toString(), false, false, false, true));
    return at + 1;
  }

  private static @org.jspecify.annotations.Nullable String keyword(String pattern, int at) {
    for (String keyword : KEYWORDS) {
      if (pattern.regionMatches(true, at, keyword, 0, keyword.length())) {
        return keyword;
      }
    }
    return null;
  }
}
