package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;

/// The words, numbers and signs of a date.
final class DateTimeTokens {
  private static final List<String> MONTHS =
      List.of(
          "january",
          "february",
          "march",
          "april",
          "may",
          "june",
          "july",
          "august",
          "september",
          "october",
          "november",
          "december");
  private static final List<String> DAYS =
      List.of("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday");

  private DateTimeTokens() {}

  /// From 1, or -1 where it is no name of a month.
  static int month(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    if (name.equals("sept")) {
      return 9;
    }
    for (int i = 0; i < MONTHS.size(); i++) {
      String full = MONTHS.get(i);
      if (name.equals(full) || (name.length() == 3 && full.startsWith(name))) {
        return i + 1;
      }
    }
    return -1;
  }

  static boolean isDayName(String word) {
    String name = word.toLowerCase(Locale.ROOT);
    for (String day : DAYS) {
      if (day.equals(name) || (name.length() >= 3 && name.length() <= 5 && day.startsWith(name))) {
        return true;
      }
    }
    return false;
  }

  /// A token is a time (with colons), a number or date (digits with separators), a signed number or
  /// word, or a word (perhaps a zone's name with its slashes).
  static List<String> split(String text, Supplier<PgException> error) {
    List<String> tokens = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      char c = text.charAt(at);
      int start = at;
      if (Character.isWhitespace(c) || c == ',') {
        at++;
        continue;
      }
      if (isDigit(c) || c == '.') {
        at = number(text, at);
      } else if (isLetter(c)) {
        at = word(text, at);
      } else if (c == '+' || c == '-') {
        at = signed(text, at);
        if (at == start + 1) {
          throw error.get();
        }
      } else {
        throw error.get();
      }
      tokens.add(text.substring(start, at));
    }
    return tokens;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isLetter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static int number(String text, int from) {
    int at = from;
    while (at < text.length() && isDigit(text.charAt(at))) {
      at++;
    }
    if (at < text.length() && text.charAt(at) == ':') {
      while (at < text.length()
          && (isDigit(text.charAt(at)) || text.charAt(at) == ':' || text.charAt(at) == '.')) {
        at++;
      }
      return at;
    }
    if (at < text.length() && isSeparator(text.charAt(at))) {
      char separator = text.charAt(at);
      int parts = 1;
      while (at < text.length() && text.charAt(at) == separator && parts < 3) {
        int next = at + 1;
        while (next < text.length() && isDigit(text.charAt(next))) {
          next++;
        }
        if (next == at + 1) {
          while (next < text.length() && isLetter(text.charAt(next))) {
            next++;
          }
        }
        if (next == at + 1) {
          return separator == '.' ? next : at;
        }
        at = next;
        parts++;
      }
    }
    return at;
  }

  private static boolean isSeparator(char c) {
    return c == '-' || c == '/' || c == '.';
  }

  private static int word(String text, int from) {
    int at = from;
    while (at < text.length() && isLetter(text.charAt(at))) {
      at++;
    }
    String letters = text.substring(from, at);
    boolean month = month(letters) >= 0;
    if (month
        && at + 1 < text.length()
        && isSeparator(text.charAt(at))
        && isDigit(text.charAt(at + 1))) {
      while (at < text.length() && (isDigit(text.charAt(at)) || isSeparator(text.charAt(at)))) {
        at++;
      }
      return at;
    }
    // A zone's name goes on: America/New_York, Etc/GMT+3, EST5EDT.
    boolean zoneName =
        !month
            && at < text.length()
            && (text.charAt(at) == '/'
                || text.charAt(at) == '_'
                || (isDigit(text.charAt(at)) && letters.length() >= 3));
    if (!zoneName) {
      return at;
    }
    while (at < text.length()
        && (isLetter(text.charAt(at))
            || isDigit(text.charAt(at))
            || "/_+-".indexOf(text.charAt(at)) >= 0)) {
      at++;
    }
    return at;
  }

  private static int signed(String text, int from) {
    int at = from + 1;
    if (at < text.length() && isLetter(text.charAt(at))) {
      while (at < text.length() && isLetter(text.charAt(at))) {
        at++;
      }
      return at;
    }
    while (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == ':')) {
      at++;
    }
    return at;
  }
}
