package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import dev.lifeline.parser.tree.AConst;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/// A query string with its literals taken out: what statements that differ in nothing else have in
/// common. It is made of the tokens alone, so it costs less than a parse, and a text that does not
/// parse has one too.
///
/// - [#key] is for caches: equal keys mean equal statements but for the values of [#literals].
/// - [#queryId] is a 64-bit hash of it, never 0.
/// - [#queryText] is what may leave the process (`db.query.text`): the text without comments, `?`
///   for each literal.
/// - [#summary] names the operations and their tables (`db.query.summary`).
///
/// A literal stays where its value is a part of the statement's meaning: the numbers of output
/// columns in ORDER BY and GROUP BY, and type modifiers.
public final class StatementShape {
  /// How a literal was written, which decides its type where nothing else does: an integer that
  /// fits into 32 bits, one that fits into 64, any other number, a string, a bit string.
  public enum Kind {
    INT4('i'),
    INT8('l'),
    NUMERIC('n'),
    STRING('s'),
    BIT_STRING('b');

    private final char mark;

    Kind(char mark) {
      this.mark = mark;
    }
  }

  /// A literal: its kind, its text with all escapes resolved, and where it was, in bytes.
  public record Literal(Kind kind, String text, int location) {}

  private static final long HASH_SEED = 0xcbf29ce484222325L;
  private static final long HASH_PRIME = 0x100000001b3L;

  private final Lexer lexer;
  private final String key;
  private final long queryId;
  private final List<Literal> literals;
  private final boolean[] kept;

  private StatementShape(Lexer lexer) {
    this.lexer = lexer;
    this.kept = new KeptLiterals(lexer).find();
    List<Literal> found = new ArrayList<>();
    this.key = buildKey(found);
    this.literals = List.copyOf(found);
    this.queryId = hash(key);
  }

  public static StatementShape of(String sql) {
    return of(sql.getBytes(StandardCharsets.UTF_8), LexerSettings.DEFAULT);
  }

  /// As [#of(String)], for text that came in UTF-8 already; the array is kept and must not be
  /// changed.
  public static StatementShape of(byte[] utf8, LexerSettings settings) {
    return new StatementShape(Lexer.lex(utf8, settings));
  }

  /// The tokens in one spelling, each literal replaced by a mark of its kind.
  public String key() {
    return key;
  }

  public long queryId() {
    return queryId;
  }

  /// The literals that were taken out, in the order of the text.
  public List<Literal> literals() {
    return literals;
  }

  /// Which of the literals a constant of the parse tree is, or -1 where it was not taken out. A
  /// negative constant is found at its sign, the literal behind it.
  public int indexOf(AConst constant) {
    int location = constant.location();
    if (location < 0) {
      return -1;
    }
    int low = 0;
    int high = literals.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (literals.get(middle).location() < location) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    if (low == literals.size()) {
      return -1;
    }
    int found = literals.get(low).location();
    return found == location || onlySignsBetween(location, found) ? low : -1;
  }

  private boolean onlySignsBetween(int from, int to) {
    for (int i = 0; i < lexer.count && lexer.starts[i] < to; i++) {
      int kind = lexer.kinds[i];
      if (lexer.starts[i] >= from && kind != '-' && kind != '+' && kind != '(') {
        return false;
      }
    }
    return true;
  }

  // ---- the key

  private String buildKey(List<Literal> found) {
    StringBuilder out = new StringBuilder(lexer.text.length + 16);
    for (int i = 0; i < lexer.count; i++) {
      int kind = lexer.kinds[i];
      if (kind == EOF) {
        break;
      }
      if (i > 0) {
        out.append(' ');
      }
      if (isLiteral(kind) && !kept[i]) {
        Literal literal = literal(i);
        found.add(literal);
        out.append('?').append(literal.kind().mark);
      } else {
        appendToken(out, i);
      }
    }
    return out.toString();
  }

  static boolean isLiteral(int kind) {
    return kind >= SCONST && kind <= ICONST;
  }

  private Literal literal(int i) {
    int start = lexer.starts[i];
    String text = TokenText.string(lexer, i);
    Kind kind =
        switch (lexer.kinds[i]) {
          case ICONST -> Kind.INT4;
          case FCONST -> fitsLong(text) ? Kind.INT8 : Kind.NUMERIC;
          case SCONST -> Kind.STRING;
          default -> Kind.BIT_STRING;
        };
    return new Literal(kind, text, start);
  }

  private static boolean fitsLong(String digits) {
    int radix = 10;
    int from = 0;
    if (digits.length() > 2 && digits.charAt(0) == '0') {
      switch (digits.charAt(1)) {
        case 'x', 'X' -> radix = 16;
        case 'o', 'O' -> radix = 8;
        case 'b', 'B' -> radix = 2;
        default -> {}
      }
      from = radix == 10 ? 0 : 2;
    }
    for (int i = from; i < digits.length(); i++) {
      if (Character.digit(digits.charAt(i), radix) < 0) {
        return false;
      }
    }
    try {
      Long.parseLong(digits, from, digits.length(), radix);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private void appendToken(StringBuilder out, int i) {
    int kind = lexer.kinds[i];
    if (kind == IDENT) {
      String name = TokenText.string(lexer, i);
      if (isPlainName(name)) {
        out.append(name);
      } else {
        out.append('"').append(name.replace("\"", "\"\"")).append('"');
      }
    } else if (kind >= FIRST_KEYWORD) {
      out.append(Keywords.name(kind));
    } else if (kind == SCONST) {
      out.append('\'').append(TokenText.string(lexer, i).replace("'", "''")).append('\'');
    } else if (kind == NOT_EQUALS) {
      out.append("<>");
    } else if (kind == LEX_ERROR) {
      out.append('?');
    } else {
      out.append(TokenText.utf8(lexer.text, lexer.starts[i], lexer.ends[i]));
    }
  }

  private static boolean isPlainName(String name) {
    return isPlainWord(name) && keyword(name) < 0;
  }

  /// The token of the keyword that a name would be read as, or -1.
  static int keyword(String name) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    return Keywords.lookup(bytes, 0, bytes.length);
  }

  /// Whether a name reads as itself without quotes, unless it is a keyword.
  static boolean isPlainWord(String name) {
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || c == '_';
      if (!letter && (i == 0 || !((c >= '0' && c <= '9') || c == '$'))) {
        return false;
      }
    }
    return !name.isEmpty();
  }

  /// FNV-1a, with a finish that spreads the last characters over all bits.
  private static long hash(String text) {
    long hash = HASH_SEED;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * HASH_PRIME;
    }
    hash ^= hash >>> 33;
    hash *= 0xff51afd7ed558ccdL;
    hash ^= hash >>> 33;
    return hash == 0 ? 1 : hash;
  }

  // ---- what may be shown

  /// The text as it was written, but without comments, and with `?` for each literal. What the
  /// lexer could not read is left out, because it may be a literal without an end.
  public String queryText() {
    return text(literal -> "?");
  }

  /// The text without comments, each literal written as one more parameter: what
  /// `pg_stat_statements` shows.
  public String parameterizedText() {
    int last = 0;
    for (int i = 0; i < lexer.count; i++) {
      if (lexer.kinds[i] == PARAM) {
        String number = TokenText.utf8(lexer.text, lexer.starts[i] + 1, lexer.ends[i]);
        last = Math.max(last, Integer.parseInt(number));
      }
    }
    int given = last;
    return text(literal -> "$" + (given + literal + 1));
  }

  /// @param substitute what stands for a literal, by its number from 0
  private String text(IntFunction<String> substitute) {
    int literal = 0;
    StringBuilder out = new StringBuilder(lexer.text.length);
    int end = 0;
    for (int i = 0; i < lexer.count; i++) {
      int kind = lexer.kinds[i];
      if (kind == EOF) {
        break;
      }
      if (i > 0 && lexer.starts[i] > end) {
        out.append(' ');
      }
      if ((isLiteral(kind) && !kept[i]) || kind == LEX_ERROR) {
        out.append(substitute.apply(literal++));
      } else {
        out.append(TokenText.utf8(lexer.text, lexer.starts[i], lexer.ends[i]));
      }
      end = lexer.ends[i];
    }
    return out.toString();
  }

  /// Operations and the tables that they are on, in the order of the text, such as `INSERT archive
  /// SELECT orders`; at most 255 characters.
  public String summary() {
    return new QuerySummary(lexer).build();
  }
}
