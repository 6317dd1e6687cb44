package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/// PostgreSQL's regular expressions (advanced regular expressions after Spencer), translated to
/// Java's.
///
/// What differs after the translation: Java takes the first alternative that leads to a match where
/// PostgreSQL takes the longest. So whether a string matches is the same; which part of it did may
/// not be, where alternatives are prefixes of each other.
public final class PgRegex {
  private final String source;
  private final StringBuilder out = new StringBuilder();
  private int at;
  private boolean expanded;
  private boolean newlineStopsDot;
  private boolean newlineAnchors;

  private PgRegex(String source) {
    this.source = source;
  }

  /// Translates an expression.
  ///
  /// @param flags letters as the regexp functions take them; `g` is the caller's
  public static Pattern compile(String pattern, String flags) {
    PgRegex regex = new PgRegex(pattern);
    int javaFlags = regex.options(flags);
    if (pattern.startsWith("***=")) {
      return Pattern.compile(Pattern.quote(pattern.substring(4)), javaFlags);
    }
    if (flags.indexOf('q') >= 0) {
      return Pattern.compile(Pattern.quote(pattern), javaFlags);
    }
    if (pattern.startsWith("***:")) {
      regex.at = 4;
    }
    if (source(pattern, regex.at).startsWith("(?")) {
      javaFlags = regex.embeddedOptions(javaFlags);
    }
    regex.translate();
    if (regex.newlineAnchors) {
      javaFlags |= Pattern.MULTILINE;
    }
    if (!regex.newlineStopsDot) {
      javaFlags |= Pattern.DOTALL;
    }
    try {
      return Pattern.compile(regex.out.toString(), javaFlags | Pattern.UNIX_LINES);
    } catch (PatternSyntaxException e) {
      throw invalid(reason(e, pattern));
    }
  }

  private static String source(String pattern, int from) {
    return pattern.substring(from);
  }

  private static String reason(PatternSyntaxException e, String pattern) {
    String description = e.getDescription();
    if (description.contains("group") || description.contains("Unmatched closing ')'")) {
      return "parentheses () not balanced";
    }
    if (description.contains("character class")) {
      return "brackets [] not balanced";
    }
    if (description.contains("Dangling meta character")) {
      return "quantifier operand invalid";
    }
    if (description.contains("repetition")) {
      return "invalid repetition count(s)";
    }
    if (description.contains("range")) {
      return "invalid character range";
    }
    return pattern.endsWith("\\") ? "invalid escape \\ sequence" : description;
  }

  static PgException invalid(String reason) {
    return PgException.error(
        SqlState.INVALID_REGULAR_EXPRESSION, "invalid regular expression: %s", reason);
  }

  private int options(String flags) {
    int javaFlags = 0;
    for (int i = 0; i < flags.length(); i++) {
      javaFlags = option(flags.charAt(i), javaFlags);
    }
    return javaFlags;
  }

  private int option(char flag, int javaFlags) {
    switch (flag) {
      case 'i' -> {
        return javaFlags | Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE;
      }
      case 'c' -> {
        return javaFlags & ~(Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE);
      }
      case 'm', 'n' -> {
        newlineStopsDot = true;
        newlineAnchors = true;
      }
      case 'p' -> {
        newlineStopsDot = true;
        newlineAnchors = false;
      }
      case 'w' -> {
        newlineStopsDot = false;
        newlineAnchors = true;
      }
      case 's' -> {
        newlineStopsDot = false;
        newlineAnchors = false;
      }
      case 'x' -> expanded = true;
      case 't' -> expanded = false;
      case 'b', 'e', 'q', 'g' -> {}
      default -> throw Errors.invalidParameter("invalid regular expression option: \"%s\"", flag);
    }
    return javaFlags;
  }

  private int embeddedOptions(int javaFlags) {
    int end = at + 2;
    while (end < source.length() && Character.isLetter(source.charAt(end))) {
      end++;
    }
    if (end == at + 2 || end >= source.length() || source.charAt(end) != ')') {
      return javaFlags;
    }
    int flags = javaFlags;
    for (int i = at + 2; i < end; i++) {
      flags = option(source.charAt(i), flags);
    }
    at = end + 1;
    return flags;
  }

  private void translate() {
    int depth = 0;
    while (at < source.length()) {
      char c = source.charAt(at++);
      switch (c) {
        case '\\' -> escape();
        case '[' -> bracket();
        case '^' -> out.append(newlineAnchors ? "^" : "\\A");
        case '$' -> out.append(newlineAnchors ? "$" : "\\z");
        case '(' -> {
          depth++;
          out.append('(');
          group();
        }
        case ')' -> {
          if (depth == 0) {
            throw invalid("parentheses () not balanced");
          }
          depth--;
          out.append(')');
        }
        case '{' -> {
          // An opening brace that begins no bound is an ordinary character.
          boolean bound = at < source.length() && Character.isDigit(source.charAt(at));
          out.append(bound ? "{" : "\\{");
        }
        case '#', ' ', '\t', '\n' -> literalOrComment(c);
        default -> out.append(c);
      }
    }
    if (depth > 0) {
      throw invalid("parentheses () not balanced");
    }
  }

  private void group() {
    if (at >= source.length() || source.charAt(at) != '?') {
      return;
    }
    if (source.startsWith("?#", at)) {
      int end = source.indexOf(')', at);
      if (end < 0) {
        throw invalid("parentheses () not balanced");
      }
      // A comment is a group that matches nothing.
      out.append("?:");
      at = end;
      return;
    }
    for (String start : new String[] {"?:", "?=", "?!", "?<=", "?<!"}) {
      if (source.startsWith(start, at)) {
        out.append(start);
        at += start.length();
        return;
      }
    }
    throw invalid("quantifier operand invalid");
  }

  private void literalOrComment(char c) {
    if (!expanded) {
      out.append(c);
    } else if (c == '#') {
      while (at < source.length() && source.charAt(at) != '\n') {
        at++;
      }
    }
  }

  private void escape() {
    if (at >= source.length()) {
      throw invalid("invalid escape \\ sequence");
    }
    char c = source.charAt(at++);
    switch (c) {
      case 'd', 'D', 'w', 'W', 's', 'S' -> out.append('\\').append(c);
      case 'm' -> out.append("\\b(?=\\w)");
      case 'M' -> out.append("\\b(?<=\\w)");
      case 'y' -> out.append("\\b");
      case 'Y' -> out.append("\\B");
      case 'A' -> out.append("\\A");
      case 'Z' -> out.append("\\z");
      case 'a' -> out.append("\\x07");
      case 'b' -> out.append("\\x08");
      case 'B' -> out.append("\\\\");
      case 'e' -> out.append("\\x1B");
      case 'f', 'n', 'r', 't' -> out.append('\\').append(c);
      case 'v' -> out.append("\\x0B");
      case 'c' -> out.append(Pattern.quote(Character.toString(source.charAt(at++) & 0x1F)));
      case 'x' -> hex(2);
      case 'u' -> hex(4);
      case 'U' -> hex(8);
      case '0' -> out.append("\\x00");
      case '1', '2', '3', '4', '5', '6', '7', '8', '9' -> out.append('\\').append(c).append("(?:)");
      default -> {
        if (Character.isLetterOrDigit(c)) {
          throw invalid("invalid escape \\ sequence");
        }
        out.append('\\').append(c);
      }
    }
  }

  private void hex(int digits) {
    int end = at;
    while (end < source.length()
        && end < at + digits
        && Character.digit(source.charAt(end), 16) >= 0) {
      end++;
    }
    if (end == at) {
      throw invalid("invalid escape \\ sequence");
    }
    int code = Integer.parseInt(source.substring(at, end), 16);
    out.append(String.format("\\x{%x}", code));
    at = end;
  }

  /// A bracket expression: only the hyphen, the caret and the closing bracket mean something in it,
  /// and classes in `[: :]`; a backslash is an escape.
  private void bracket() {
    if (source.startsWith("[:<:]]", at)) {
      out.append("\\b(?=\\w)");
      at += 6;
      return;
    }
    if (source.startsWith("[:>:]]", at)) {
      out.append("\\b(?<=\\w)");
      at += 6;
      return;
    }
    out.append('[');
    boolean negated = at < source.length() && source.charAt(at) == '^';
    if (negated) {
      out.append('^');
      at++;
    }
    boolean first = true;
    while (true) {
      if (at >= source.length()) {
        throw invalid("brackets [] not balanced");
      }
      char c = source.charAt(at++);
      if (c == ']' && !first) {
        break;
      }
      first = false;
      if (c == '[' && at < source.length() && ":.=".indexOf(source.charAt(at)) >= 0) {
        namedClass();
      } else if (c == '\\') {
        bracketEscape();
      } else if ("[]&^~".indexOf(c) >= 0 || (expanded && (c == '#' || c == ' '))) {
        out.append('\\').append(c);
      } else {
        out.append(c);
      }
    }
    if (negated && newlineStopsDot) {
      out.append("&&[^\n]");
    }
    out.append(']');
  }

  private void namedClass() {
    char kind = source.charAt(at);
    int end = source.indexOf(kind + "]", at + 1);
    if (end < 0) {
      throw invalid("brackets [] not balanced");
    }
    String name = source.substring(at + 1, end);
    at = end + 2;
    if (kind != ':') {
      out.append(Pattern.quote(name));
      return;
    }
    out.append(
        switch (name) {
          case "alpha" -> "\\p{Alpha}";
          case "digit" -> "\\p{Digit}";
          case "alnum" -> "\\p{Alnum}";
          case "upper" -> "\\p{Upper}";
          case "lower" -> "\\p{Lower}";
          case "space" -> "\\s\\x0B";
          case "blank" -> " \\t";
          case "punct" -> "\\p{Punct}";
          case "cntrl" -> "\\p{Cntrl}";
          case "graph" -> "\\p{Graph}";
          case "print" -> "\\p{Print}";
          case "xdigit" -> "\\p{XDigit}";
          case "word" -> "\\w";
          default -> throw invalid("invalid character class");
        });
  }

  private void bracketEscape() {
    if (at >= source.length()) {
      throw invalid("invalid escape \\ sequence");
    }
    char c = source.charAt(at);
    if (Character.isLetterOrDigit(c)) {
      escape();
    } else {
      out.append('\\').append(c);
      at++;
    }
  }

  /// A matcher that looks for interrupts now and then, because a pattern may backtrack for long.
  static Matcher matcher(Pattern pattern, String text, SessionHooks session) {
    return pattern.matcher(new Interruptible(text, session));
  }

  private static final class Interruptible implements CharSequence {
    private static final int CHECK_EVERY = 1 << 20;

    private final String text;
    private final SessionHooks session;
    private int looked;

    Interruptible(String text, SessionHooks session) {
      this.text = text;
      this.session = session;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++looked == CHECK_EVERY) {
        looked = 0;
        session.checkForInterrupts();
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
