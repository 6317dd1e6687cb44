package dev.lifeline.parser;

import static dev.lifeline.parser.CharClass.isDigit;
import static dev.lifeline.parser.CharClass.isIdentCont;
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
  final NumberScanner numeric;
  private final QuotedScanner strings;

  private Lexer(byte[] text, LexerSettings settings) {
    this.text = text;
    this.settings = settings;
    int capacity = Math.max(16, text.length / 4 + 4);
    kinds = new int[capacity];
    starts = new int[capacity];
    ends = new int[capacity];
    numbers = new int[capacity];
    numeric = new NumberScanner(this);
    strings = new QuotedScanner(this);
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

  void add(int kind, int start, int end) {
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

  void addValue(int kind, int start, int end, String value) {
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
      switch (CharClass.OF[c]) {
        case CharClass.SPACE -> p++;
        case CharClass.IDENT_START -> p = word(p, c);
        case CharClass.DIGIT -> p = numeric.number(p);
        case CharClass.OP_CHAR -> p = operatorOrComment(p, c);
        case CharClass.SELF -> p = punctuation(p, c);
        default -> {
          if (c == '\'') {
            p = strings.standardString(p);
          } else if (c == '"') {
            p = strings.quotedIdentifier(p);
          } else if (c == '$') {
            p = strings.dollar(p);
          } else {
            add(c, p, p + 1);
            p++;
          }
        }
      }
    }
  }

  int at(int p) {
    return p < text.length ? text[p] & 0xff : -1;
  }

  int endOfIdentifier(int p) {
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
          return strings.escapeString(start, start + 2);
        }
        case 'b', 'B' -> {
          return strings.bitString(BCONST, start, "unterminated bit string literal");
        }
        case 'x', 'X' -> {
          return strings.bitString(XCONST, start, "unterminated hexadecimal string literal");
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
        return strings.unicode(start, quote);
      }
    }
    byte[] s = text;
    int p = start + 1;
    while (p < s.length) {
      int c = s[p] & 0xff;
      byte type = CharClass.OF[c];
      if (type != CharClass.IDENT_START && type != CharClass.DIGIT && c != '$') {
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

  String truncate(String name) {
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
        return numeric.number(p);
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
    if (next < 0 || CharClass.OF[next] != CharClass.OP_CHAR) {
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

  int comment(int start) {
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
    while (p < text.length && CharClass.OF[text[p] & 0xff] == CharClass.OP_CHAR) {
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
