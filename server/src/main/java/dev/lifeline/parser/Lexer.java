package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Cuts the text of a query string into tokens, all of them at once, into arrays: the parser may
/// then look ahead as far as it likes at no cost. The rules are those of PostgreSQL's `scan.l`.
///
/// An error in the text does not stop the parser before it gets there, because an earlier syntax
/// error comes first: the error is kept, and an [Token#LEX_ERROR] token, which no production
/// accepts, ends the stream.
///
/// Values are not cut out before they are asked for: most keywords and many names never are.
final class Lexer {
  /// Names are cut at this many bytes, as in every PostgreSQL that was not compiled otherwise.
  static final int NAME_LENGTH_MAX = 63;

  private static final byte SPACE = 1;
  private static final byte DIGIT = 2;
  private static final byte IDENT_START = 3;
  private static final byte OP_CHAR = 4;
  private static final byte SELF = 5;
  private static final byte[] CLASSES = new byte[256];

  static {
    for (int c : new int[] {' ', '\t', '\n', '\r', '\f', 0x0b}) {
      CLASSES[c] = SPACE;
    }
    Arrays.fill(CLASSES, '0', '9' + 1, DIGIT);
    Arrays.fill(CLASSES, 'A', 'Z' + 1, IDENT_START);
    Arrays.fill(CLASSES, 'a', 'z' + 1, IDENT_START);
    Arrays.fill(CLASSES, 0x80, 0x100, IDENT_START);
    CLASSES['_'] = IDENT_START;
    for (char c : "~!@#^&|`?+-*/%<>=".toCharArray()) {
      CLASSES[c] = OP_CHAR;
    }
    for (char c : ",()[].;:".toCharArray()) {
      CLASSES[c] = SELF;
    }
  }

  final byte[] text;
  final LexerSettings settings;

  int count;
  int[] kinds;
  int[] starts;
  int[] ends;

  /// The value of ICONST and PARAM tokens.
  int[] numbers;

  /// The values that are not simply a part of the text.
  @Nullable String @Nullable [] values;

  @Nullable PgException error;
  private int position;

  private Lexer(byte[] text, LexerSettings settings) {
    this.text = text;
    this.settings = settings;
    int capacity = Math.max(16, text.length / 4 + 4);
    kinds = new int[capacity];
    starts = new int[capacity];
    ends = new int[capacity];
    numbers = new int[capacity];
  }

  /// All tokens of a text in UTF-8, with an EOF at the end.
  static Lexer lex(byte[] text, LexerSettings settings) {
    Lexer lexer = new Lexer(text, settings);
    try {
      lexer.run();
    } catch (PgException e) {
      lexer.error = e;
      int start = Math.min(Math.max(e.location(), 0), text.length);
      lexer.add(LEX_ERROR, start, text.length);
    }
    lexer.add(EOF, text.length, text.length);
    lexer.applyLookahead();
    return lexer;
  }

  private void add(int kind, int start, int end) {
    if (count == kinds.length) {
      int capacity = count * 2;
      kinds = Arrays.copyOf(kinds, capacity);
      starts = Arrays.copyOf(starts, capacity);
      ends = Arrays.copyOf(ends, capacity);
      numbers = Arrays.copyOf(numbers, capacity);
      if (values != null) {
        values = Arrays.copyOf(values, capacity);
      }
    }
    kinds[count] = kind;
    starts[count] = start;
    ends[count] = end;
    count++;
  }

  private void addValue(int kind, int start, int end, String value) {
    add(kind, start, end);
    if (values == null) {
      values = new String[kinds.length];
    }
    values[count - 1] = value;
  }

  private void run() {
    byte[] s = text;
    int p = 0;
    while (p < s.length) {
      int c = s[p] & 0xff;
      switch (CLASSES[c]) {
        case SPACE -> p++;
        case IDENT_START -> p = word(p, c);
        case DIGIT -> p = number(p);
        case OP_CHAR -> p = operatorOrComment(p, c);
        case SELF -> p = punctuation(p, c);
        default -> {
          if (c == '\'') {
            p = standardString(p);
          } else if (c == '"') {
            p = quotedIdentifier(p);
          } else if (c == '$') {
            p = dollar(p);
          } else {
            add(c, p, p + 1);
            p++;
          }
        }
      }
    }
  }

  private int at(int p) {
    return p < text.length ? text[p] & 0xff : -1;
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static boolean isIdentStart(int c) {
    return c >= 0 && CLASSES[c] == IDENT_START;
  }

  private static boolean isIdentCont(int c) {
    return c >= 0 && (CLASSES[c] == IDENT_START || CLASSES[c] == DIGIT || c == '$');
  }

  private int endOfIdentifier(int p) {
    while (isIdentCont(at(p))) {
      p++;
    }
    return p;
  }

  private int word(int start, int first) {
    int next = at(start + 1);
    if (next == '\'') {
      switch (first) {
        case 'e', 'E' -> {
          return escapeString(start, start + 2);
        }
        case 'b', 'B' -> {
          return bitString(BCONST, start, "unterminated bit string literal");
        }
        case 'x', 'X' -> {
          return bitString(XCONST, start, "unterminated hexadecimal string literal");
        }
        case 'n', 'N' -> {
          add(NCHAR, start, start + 1);
          return start + 1;
        }
        default -> {}
      }
    } else if (next == '&' && (first == 'u' || first == 'U')) {
      int quote = at(start + 2);
      if (quote == '\'' || quote == '"') {
        return unicode(start, quote);
      }
    }
    byte[] s = text;
    int p = start + 1;
    while (p < s.length) {
      int c = s[p] & 0xff;
      byte type = CLASSES[c];
      if (type != IDENT_START && type != DIGIT && c != '$') {
        break;
      }
      p++;
    }
    int keyword = Keywords.lookup(s, start, p);
    if (keyword >= 0) {
      add(keyword, start, p);
    } else if (p - start > NAME_LENGTH_MAX) {
      String name = TokenText.lowerCase(s, start, p);
      addValue(IDENT, start, p, truncate(name));
    } else {
      add(IDENT, start, p);
    }
    return p;
  }

  private String truncate(String name) {
    String cut = TokenText.truncate(name);
    if (cut.length() != name.length()) {
      settings.notice(
          new PgException(
              Severity.NOTICE,
              SqlState.NAME_TOO_LONG,
              "identifier \"" + name + "\" will be truncated to \"" + cut + "\""));
    }
    return cut;
  }

  // ---- punctuation and operators

  private int punctuation(int p, int c) {
    int next = at(p + 1);
    if (c == ':' && next == ':') {
      add(TYPECAST, p, p + 2);
      return p + 2;
    }
    if (c == ':' && next == '=') {
      add(COLON_EQUALS, p, p + 2);
      return p + 2;
    }
    if (c == '.') {
      if (next == '.') {
        add(DOT_DOT, p, p + 2);
        return p + 2;
      }
      if (isDigit(next)) {
        return number(p);
      }
    }
    add(c, p, p + 1);
    return p + 1;
  }

  private int operatorOrComment(int start, int c) {
    int next = at(start + 1);
    if (c == '-' && next == '-') {
      int p = start + 2;
      while (p < text.length && text[p] != '\n' && text[p] != '\r') {
        p++;
      }
      return p;
    }
    if (c == '/' && next == '*') {
      return comment(start);
    }
    if (next < 0 || CLASSES[next] != OP_CHAR) {
      add(isSelf(c) ? c : OP, start, start + 1);
      return start + 1;
    }
    return operator(start);
  }

  private static boolean isSelf(int c) {
    return switch (c) {
      case '+', '-', '*', '/', '%', '^', '<', '>', '=' -> true;
      default -> false;
    };
  }

  private int comment(int start) {
    int depth = 1;
    int p = start + 2;
    while (p < text.length) {
      int c = text[p];
      if (c == '*' && at(p + 1) == '/') {
        p += 2;
        if (--depth == 0) {
          return p;
        }
      } else if (c == '/' && at(p + 1) == '*') {
        depth++;
        p += 2;
      } else {
        p++;
      }
    }
    throw errorAt("unterminated /* comment", start, text.length);
  }

  private int operator(int start) {
    int p = start + 1;
    // A comment may start in the middle of what looks like an operator.
    while (p < text.length && CLASSES[text[p] & 0xff] == OP_CHAR) {
      int c = text[p];
      int next = at(p + 1);
      if ((c == '/' && next == '*') || (c == '-' && next == '-')) {
        break;
      }
      p++;
    }
    int end = withoutTrailingSigns(start, p);
    int length = end - start;
    int c = text[start];
    int kind = OP;
    if (length == 1) {
      kind = isSelf(c) ? c : OP;
    } else if (length == 2) {
      kind = twoCharacters(c, text[start + 1]);
    } else if (length > NAME_LENGTH_MAX) {
      throw errorAt("operator too long", start, end);
    }
    add(kind, start, end);
    return end;
  }

  private static int twoCharacters(int c, int next) {
    if (c == '=' && next == '>') {
      return EQUALS_GREATER;
    }
    if (c == '>' && next == '=') {
      return GREATER_EQUALS;
    }
    if (c == '<' && next == '=') {
      return LESS_EQUALS;
    }
    if ((c == '<' && next == '>') || (c == '!' && next == '=')) {
      return NOT_EQUALS;
    }
    return OP;
  }

  /// A plus or minus ends an operator only where a character in it cannot be of an operator of the
  /// standard: so `=-1` is two operators, and `@-` is one.
  private int withoutTrailingSigns(int start, int end) {
    if (end - start < 2 || (text[end - 1] != '+' && text[end - 1] != '-')) {
      return end;
    }
    for (int i = start; i < end - 1; i++) {
      switch (text[i]) {
        case '~', '!', '@', '#', '^', '&', '|', '`', '?', '%' -> {
          return end;
        }
        default -> {}
      }
    }
    do {
      end--;
    } while (end - start > 1 && (text[end - 1] == '+' || text[end - 1] == '-'));
    return end;
  }

  // ---- numbers

  private int number(int start) {
    int c = text[start];
    int next = at(start + 1);
    if (c == '0') {
      switch (next) {
        case 'x', 'X' -> {
          return radixInteger(start, 16, "invalid hexadecimal integer");
        }
        case 'o', 'O' -> {
          return radixInteger(start, 8, "invalid octal integer");
        }
        case 'b', 'B' -> {
          return radixInteger(start, 2, "invalid binary integer");
        }
        default -> {}
      }
    }
    int p = c == '.' ? start : digits(start);
    boolean integer = true;
    if (at(p) == '.') {
      if (at(p + 1) == '.') {
        addInteger(start, p, 10);
        return p;
      }
      integer = false;
      p++;
      if (isDigit(at(p))) {
        p = digits(p);
      }
    }
    int e = at(p);
    if (e == 'e' || e == 'E') {
      int sign = at(p + 1) == '+' || at(p + 1) == '-' ? 1 : 0;
      if (isDigit(at(p + 1 + sign))) {
        integer = false;
        p = digits(p + 1 + sign);
      } else if (sign == 1) {
        throw errorAt("trailing junk after numeric literal", start, p + 2);
      }
    }
    if (isIdentStart(at(p))) {
      throw errorAt("trailing junk after numeric literal", start, endOfIdentifier(p));
    }
    if (integer) {
      addInteger(start, p, 10);
    } else {
      addDigits(start, p);
    }
    return p;
  }

  /// `digit(_?digit)*`
  private int digits(int p) {
    p++;
    while (true) {
      int c = at(p);
      if (isDigit(c)) {
        p++;
      } else if (c == '_' && isDigit(at(p + 1))) {
        p += 2;
      } else {
        return p;
      }
    }
  }

  private int radixInteger(int start, int radix, String message) {
    int p = start + 2;
    while (true) {
      int c = at(p);
      if (c >= 0 && Character.digit(c, radix) >= 0) {
        p++;
      } else if (c == '_' && at(p + 1) >= 0 && Character.digit(at(p + 1), radix) >= 0) {
        p += 2;
      } else {
        break;
      }
    }
    int word = endOfIdentifier(start + 1);
    if (p == start + 2) {
      int prefix = at(p) == '_' ? p + 1 : p;
      throw word > prefix
          ? errorAt("trailing junk after numeric literal", start, word)
          : errorAt(message, start, prefix);
    }
    if (word > p) {
      throw errorAt("trailing junk after numeric literal", start, word);
    }
    addInteger(start, p, radix);
    return p;
  }

  private void addInteger(int start, int end, int radix) {
    long value = 0;
    for (int i = radix == 10 ? start : start + 2; i < end; i++) {
      if (text[i] != '_') {
        value = value * radix + Character.digit(text[i], radix);
        if (value > Integer.MAX_VALUE) {
          addDigits(start, end);
          return;
        }
      }
    }
    add(ICONST, start, end);
    numbers[count - 1] = (int) value;
  }

  private void addDigits(int start, int end) {
    String digits = TokenText.ascii(text, start, end);
    addValue(FCONST, start, end, digits.indexOf('_') < 0 ? digits : digits.replace("_", ""));
  }

  // ---- strings

  private int standardString(int start) {
    if (!settings.standardConformingStrings()) {
      return escapeString(start, start + 1);
    }
    int p = start + 1;
    while (true) {
      if (p >= text.length) {
        throw errorAt("unterminated quoted string", start, text.length);
      }
      if (text[p++] == '\'') {
        int next = at(p);
        if (next == '\'' || continuation(p) >= 0) {
          return quoted(SCONST, start, start + 1, "", "unterminated quoted string");
        }
        add(SCONST, start, p);
        return p;
      }
    }
  }

  private int bitString(int kind, int start, String unterminated) {
    return quoted(kind, start, start + 2, kind == BCONST ? "b" : "x", unterminated);
  }

  /// A string without backslash escapes, perhaps in several pieces.
  private int quoted(int kind, int start, int from, String prefix, String unterminated) {
    ByteBuilder out = new ByteBuilder();
    int end = quotedPieces(kind, start, from, out, unterminated);
    addValue(kind, start, end, prefix + out.string());
    return end;
  }

  private int quotedPieces(int kind, int start, int p, ByteBuilder out, String unterminated) {
    boolean doubling = kind == SCONST;
    while (true) {
      if (p >= text.length) {
        throw errorAt(unterminated, start, text.length);
      }
      byte c = text[p++];
      if (c != '\'') {
        out.add(c);
      } else if (doubling && at(p) == '\'') {
        out.add(c);
        p++;
      } else {
        int next = continuation(p);
        if (next < 0) {
          return p;
        }
        p = next;
      }
    }
  }

  /// After a closing quote: where the next piece of the same string starts (behind its quote), or
  /// -1. Pieces are divided by white space with a newline in it.
  private int continuation(int p) {
    boolean newline = false;
    while (true) {
      int c = at(p);
      if (c == '\n' || c == '\r') {
        newline = true;
        p++;
      } else if (c >= 0 && CLASSES[c] == SPACE) {
        p++;
      } else if (c == '-' && at(p + 1) == '-') {
        while (p < text.length && text[p] != '\n' && text[p] != '\r') {
          p++;
        }
        if (newline && p >= text.length) {
          return -1;
        }
      } else {
        return c == '\'' && newline ? p + 1 : -1;
      }
    }
  }

  private int escapeString(int start, int from) {
    EscapeString string = new EscapeString(this, start);
    int p = from;
    while (true) {
      p = string.read(p);
      int next = continuation(p);
      if (next < 0) {
        break;
      }
      p = next;
    }
    addValue(SCONST, start, p, string.value());
    return p;
  }

  private int dollar(int start) {
    int next = at(start + 1);
    if (isDigit(next)) {
      return parameter(start);
    }
    int tagEnd = dollarTag(start);
    if (tagEnd < 0) {
      add('$', start, start + 1);
      return start + 1;
    }
    int tagLength = tagEnd - start;
    for (int p = tagEnd; p + tagLength <= text.length; p++) {
      if (text[p] == '$' && Arrays.equals(text, p, p + tagLength, text, start, tagEnd)) {
        addValue(SCONST, start, p + tagLength, TokenText.utf8(text, tagEnd, p));
        return p + tagLength;
      }
    }
    throw errorAt("unterminated dollar-quoted string", start, text.length);
  }

  /// The end of `$tag$`, or -1 where there is none.
  private int dollarTag(int start) {
    int p = start + 1;
    if (at(p) == '$') {
      return p + 1;
    }
    if (!isIdentStart(at(p))) {
      return -1;
    }
    while (isIdentCont(at(p)) && at(p) != '$') {
      p++;
    }
    return at(p) == '$' ? p + 1 : -1;
  }

  private int parameter(int start) {
    int p = start + 1;
    long value = 0;
    while (isDigit(at(p))) {
      value = Math.min(value * 10 + (text[p] - '0'), Integer.MAX_VALUE + 1L);
      p++;
    }
    if (isIdentStart(at(p))) {
      throw errorAt("trailing junk after parameter", start, endOfIdentifier(p));
    }
    if (value > Integer.MAX_VALUE) {
      throw errorAt("parameter number too large", start, p);
    }
    add(PARAM, start, p);
    numbers[count - 1] = (int) value;
    return p;
  }

  // ---- quoted identifiers and Unicode escapes

  private int quotedIdentifier(int start) {
    int p = start + 1;
    boolean doubled = false;
    while (true) {
      if (p >= text.length) {
        throw errorAt("unterminated quoted identifier", start, text.length);
      }
      if (text[p++] == '"') {
        if (at(p) != '"') {
          break;
        }
        doubled = true;
        p++;
      }
    }
    if (p == start + 2) {
      throw errorAt("zero-length delimited identifier", start, p);
    }
    if (doubled || p - start - 2 > NAME_LENGTH_MAX) {
      String name = TokenText.utf8(text, start + 1, p - 1).replace("\"\"", "\"");
      addValue(IDENT, start, p, truncate(name));
    } else {
      add(IDENT, start, p);
    }
    return p;
  }

  private int unicode(int start, int quote) {
    ByteBuilder out = new ByteBuilder();
    int p = start + 3;
    if (quote == '\'') {
      if (!settings.standardConformingStrings()) {
        throw PgException.error(
                SqlState.FEATURE_NOT_SUPPORTED,
                "unsafe use of string constant with Unicode escapes")
            .detail(
                "String constants with Unicode escapes cannot be used when"
                    + " \"standard_conforming_strings\" is off.")
            .at(start);
      }
      p = quotedPieces(SCONST, start, p, out, "unterminated quoted string");
    } else {
      while (true) {
        if (p >= text.length) {
          throw errorAt("unterminated quoted identifier", start, text.length);
        }
        byte c = text[p++];
        if (c == '"') {
          if (at(p) != '"') {
            break;
          }
          p++;
        }
        out.add(c);
      }
      if (out.length() == 0) {
        throw errorAt("zero-length delimited identifier", start, p);
      }
    }
    position = p;
    int escape = uescape(p);
    String value = UnicodeEscapes.resolve(out, escape, start + 3);
    if (quote == '\'') {
      addValue(SCONST, start, position, value);
    } else {
      addValue(IDENT, start, position, truncate(value));
    }
    return position;
  }

  /// The escape character that a following UESCAPE gives, else the backslash; moves `position`
  /// behind it.
  private int uescape(int p) {
    int next = skipSpace(p);
    int end = endOfIdentifier(next);
    if (Keywords.lookup(text, next, end) != UESCAPE) {
      return '\\';
    }
    int string = skipSpace(end);
    int before = count;
    if (at(string) != '\'' && !((at(string) | 0x20) == 'e' && at(string + 1) == '\'')) {
      int junkEnd = Math.max(endOfIdentifier(string), Math.min(string + 1, text.length));
      throw errorAt("UESCAPE must be followed by a simple string literal", string, junkEnd);
    }
    int stringEnd = at(string) == '\'' ? standardString(string) : escapeString(string, string + 2);
    String escape = TokenText.string(this, before);
    count = before;
    if (escape.length() != 1 || !UnicodeEscapes.isEscapeCharacter(escape.charAt(0))) {
      throw errorAt("invalid Unicode escape character", string, stringEnd);
    }
    position = stringEnd;
    return escape.charAt(0);
  }

  private int skipSpace(int p) {
    while (true) {
      int c = at(p);
      if (c >= 0 && CLASSES[c] == SPACE) {
        p++;
      } else if (c == '-' && at(p + 1) == '-') {
        while (p < text.length && text[p] != '\n' && text[p] != '\r') {
          p++;
        }
      } else if (c == '/' && at(p + 1) == '*') {
        p = comment(p);
      } else {
        return p;
      }
    }
  }

  // ---- the rest

  /// Tells apart the uses of five keywords by the word that follows.
  private void applyLookahead() {
    for (int i = 0; i + 1 < count; i++) {
      int next = kinds[i + 1];
      switch (kinds[i]) {
        case NOT -> {
          if (next == BETWEEN || next == IN || next == LIKE || next == ILIKE || next == SIMILAR) {
            kinds[i] = NOT_LA;
          }
        }
        case NULLS -> {
          if (next == FIRST || next == LAST) {
            kinds[i] = NULLS_LA;
          }
        }
        case WITH -> {
          if (next == TIME || next == ORDINALITY) {
            kinds[i] = WITH_LA;
          }
        }
        case WITHOUT -> {
          if (next == TIME) {
            kinds[i] = WITHOUT_LA;
          }
        }
        case FORMAT -> {
          if (next == JSON) {
            kinds[i] = FORMAT_LA;
          }
        }
        default -> {}
      }
    }
  }

  /// A syntax error that shows the text from `start` to `end`.
  PgException errorAt(String message, int start, int end) {
    if (start >= text.length) {
      return PgException.error(SqlState.SYNTAX_ERROR, "%s at end of input", message).at(start);
    }
    return PgException.error(
            SqlState.SYNTAX_ERROR,
            "%s at or near \"%s\"",
            message,
            TokenText.utf8(text, start, end))
        .at(start);
  }
}
