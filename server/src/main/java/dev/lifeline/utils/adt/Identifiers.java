package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Qualified names in strings: case-folded where they are not quoted.
public final class Identifiers {
  private Identifiers() {}

  /// Splits a qualified name at its dots.
  ///
  /// @param strict whether anything after the last name is an error
  public static List<String> split(String text, boolean strict) {
    List<String> names = new ArrayList<>();
    int at = skipSpace(text, 0);
    while (true) {
      StringBuilder name = new StringBuilder();
      if (at < text.length() && text.charAt(at) == '"') {
        at = quoted(text, at, name);
      } else {
        int start = at;
        while (at < text.length() && isPart(text.charAt(at), at == start)) {
          at++;
        }
        if (at == start) {
          throw invalid(text)
              .detail(
                  names.isEmpty()
                      ? "No valid identifier before \".\"."
                      : "No valid identifier after \".\".");
        }
        name.append(text.substring(start, at).toLowerCase(Locale.ROOT));
      }
      names.add(name.toString());
      at = skipSpace(text, at);
      if (at < text.length() && text.charAt(at) == '.') {
        at = skipSpace(text, at + 1);
      } else if (at == text.length() || !strict) {
        return names;
      } else {
        throw invalid(text);
      }
    }
  }

  private static int quoted(String text, int from, StringBuilder name) {
    int at = from + 1;
    while (true) {
      int end = text.indexOf('"', at);
      if (end < 0) {
        throw invalid(text).detail("String has unclosed double quotes.");
      }
      name.append(text, at, end);
      at = end + 1;
      if (at < text.length() && text.charAt(at) == '"') {
        name.append('"');
        at++;
      } else {
        break;
      }
    }
    if (name.isEmpty()) {
      throw invalid(text).detail("Quoted identifier must not be empty.");
    }
    return at;
  }

  private static PgException invalid(String text) {
    return Errors.invalidParameter("string is not a valid identifier: \"%s\"", text);
  }

  private static boolean isPart(char c, boolean first) {
    boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    return letter || (!first && ((c >= '0' && c <= '9') || c == '$'));
  }

  private static int skipSpace(String text, int from) {
    int at = from;
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at;
  }
}
