package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads JSON as RFC 8259 has it, with PostgreSQL's errors.
final class JsonParser {
  /// How deep values may be in each other.
  private static final int DEPTH_MAX = 6000;

  private final String text;

  /// Whether strings are to be decoded: then an escape that no text can hold is an error.
  private final boolean decode;

  private int at;
  private int tokenStart;
  private int depth;

  private JsonParser(String text, boolean decode) {
    this.text = text;
    this.decode = decode;
  }

  /// The value that a text is.
  static JsonNode parse(String text) {
    return new JsonParser(text, true).document();
  }

  /// Refuses a text that is not JSON.
  static void check(String text) {
    new JsonParser(text, false).document();
  }

  private JsonNode document() {
    JsonNode node = value("Expected JSON value, but found \"%s\".");
    skipSpace();
    if (at < text.length()) {
      throw unexpected("Expected end of input, but found \"%s\".");
    }
    return node;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\n\r".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    tokenStart = at;
  }

  private JsonNode value(String expected) {
    skipSpace();
    if (at >= text.length()) {
      throw error("The input string ended unexpectedly.");
    }
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> {
        int from = at;
        String string = string();
        yield JsonNode.scalar(JsonNode.Kind.STRING, from, at, string);
      }
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      case '}', ']', ',', ':' -> throw unexpected(expected);
      default -> word();
    };
  }

  private JsonNode word() {
    int from = at;
    int end = wordEnd(at);
    String word = text.substring(from, end);
    at = end;
    return switch (word) {
      case "true", "false" -> JsonNode.scalar(JsonNode.Kind.BOOLEAN, from, at, word);
      case "null" -> JsonNode.scalar(JsonNode.Kind.NULL, from, at, "");
      default -> throw invalidToken(from, Math.max(end, from + 1));
    };
  }

  private int wordEnd(int from) {
    int end = from;
    while (end < text.length() && isWord(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private static boolean isWord(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '_'
        || c >= 0x80;
  }

  private JsonNode number() {
    int from = at;
    int i = at;
    boolean bad = false;
    if (text.charAt(i) == '-') {
      i++;
    }
    if (i < text.length() && text.charAt(i) == '0') {
      i++;
    } else {
      int digits = digits(i);
      bad = digits == i;
      i = digits;
    }
    if (!bad && i < text.length() && text.charAt(i) == '.') {
      int digits = digits(i + 1);
      bad = digits == i + 1;
      i = digits;
    }
    if (!bad && i < text.length() && (text.charAt(i) | 0x20) == 'e') {
      i++;
      if (i < text.length() && (text.charAt(i) == '+' || text.charAt(i) == '-')) {
        i++;
      }
      int digits = digits(i);
      bad = digits == i;
      i = digits;
    }
    int end = wordEnd(i);
    if (bad || end > i) {
      throw invalidToken(from, Math.max(end, from + 1));
    }
    at = i;
    return JsonNode.scalar(JsonNode.Kind.NUMBER, from, i, text.substring(from, i));
  }

  private int digits(int from) {
    int i = from;
    while (i < text.length() && text.charAt(i) >= '0' && text.charAt(i) <= '9') {
      i++;
    }
    return i;
  }

  private void enter() {
    if (++depth > DEPTH_MAX) {
      throw PgException.error(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
    at++;
  }

  private JsonNode array() {
    int from = at;
    enter();
    List<JsonNode> items = new ArrayList<>();
    skipSpace();
    if (peek() == ']') {
      at++;
    } else {
      items.add(value("Expected array element or \"]\", but found \"%s\"."));
      while (next(']', "Expected \",\" or \"]\", but found \"%s\".")) {
        items.add(value("Expected JSON value, but found \"%s\"."));
      }
    }
    depth--;
    return new JsonNode(JsonNode.Kind.ARRAY, from, at, "", List.of(), items);
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  /// Behind an element: passes over the comma, or over the end.
  ///
  /// @return whether another element follows
  private boolean next(char end, String expected) {
    skipSpace();
    char c = peek();
    if (c == ',' || c == end) {
      at++;
      return c == ',';
    }
    throw unexpected(expected);
  }

  private JsonNode object() {
    int from = at;
    enter();
    List<String> keys = new ArrayList<>();
    List<JsonNode> items = new ArrayList<>();
    skipSpace();
    if (peek() == '}') {
      at++;
    } else {
      field(keys, items, "Expected string or \"}\", but found \"%s\".");
      while (next('}', "Expected \",\" or \"}\", but found \"%s\".")) {
        field(keys, items, "Expected string, but found \"%s\".");
      }
    }
    depth--;
    return new JsonNode(JsonNode.Kind.OBJECT, from, at, "", keys, items);
  }

  private void field(List<String> keys, List<JsonNode> items, String expected) {
    skipSpace();
    if (peek() != '"') {
      throw unexpected(expected);
    }
    keys.add(string());
    skipSpace();
    if (peek() != ':') {
      throw unexpected("Expected \":\", but found \"%s\".");
    }
    at++;
    items.add(value("Expected JSON value, but found \"%s\"."));
  }

  private String string() {
    StringBuilder out = new StringBuilder();
    int begin = at;
    at++;
    while (true) {
      if (at >= text.length()) {
        throw invalidToken(begin, text.length());
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c < ' ') {
        throw error("Character with value 0x%02x must be escaped.", (int) c);
      }
      if (c == '\\') {
        escape(out, begin);
      } else {
        out.append(c);
        at++;
      }
    }
  }

  private void escape(StringBuilder out, int begin) {
    at++;
    if (at >= text.length()) {
      throw invalidToken(begin, text.length());
    }
    char c = text.charAt(at);
    int simple = "\"\\/bfnrt".indexOf(c);
    if (simple >= 0) {
      out.append("\"\\/\b\f\n\r\t".charAt(simple));
      at++;
    } else if (c == 'u') {
      unicode(out);
    } else {
      throw error("Escape sequence \"\\%s\" is invalid.", Character.toString(text.codePointAt(at)));
    }
  }

  private void unicode(StringBuilder out) {
    at++;
    int unit = 0;
    for (int i = 0; i < 4; i++, at++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0 || text.charAt(at) > 'f') {
        throw error("\"\\u\" must be followed by four hexadecimal digits.");
      }
      unit = unit << 4 | digit;
    }
    char c = (char) unit;
    boolean afterHigh = !out.isEmpty() && Character.isHighSurrogate(out.charAt(out.length() - 1));
    if (decode && c == 0) {
      throw PgException.error(
              SqlState.UNTRANSLATABLE_CHARACTER, "unsupported Unicode escape sequence")
          .detail("\\u0000 cannot be converted to text.");
    }
    if (decode && Character.isHighSurrogate(c)) {
      if (afterHigh) {
        throw error("Unicode high surrogate must not follow a high surrogate.");
      }
      if (!text.startsWith("\\u", at)) {
        throw error("Unicode low surrogate must follow a high surrogate.");
      }
    } else if (decode && Character.isLowSurrogate(c) != afterHigh) {
      throw error("Unicode low surrogate must follow a high surrogate.");
    }
    out.append(c);
  }

  /// The token here is another one than what must be here.
  private PgException unexpected(String format) {
    if (at >= text.length()) {
      return error("The input string ended unexpectedly.");
    }
    int from = at;
    char c = text.charAt(at);
    if ("{}[],:".indexOf(c) >= 0) {
      return error(format, c);
    }
    JsonNode token = c == '"' ? null : c == '-' || Character.isDigit(c) ? number() : word();
    if (token == null) {
      string();
    }
    return error(format, text.substring(from, at));
  }

  private PgException invalidToken(int from, int to) {
    return error("Token \"%s\" is invalid.", text.substring(from, to));
  }

  private PgException error(String detail, @Nullable Object... arguments) {
    int line = 1;
    for (int i = 0; i < Math.min(tokenStart, text.length()); i++) {
      line += text.charAt(i) == '\n' ? 1 : 0;
    }
    return PgException.error(
            SqlState.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type json")
        .detail(detail, arguments)
        .context(
            "JSON data, line " + line + ": " + text.lines().skip(line - 1L).findFirst().orElse(""));
  }
}
