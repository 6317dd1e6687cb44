package dev.lifeline.parser;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;

/// Reads a string with backslash escapes: `E'...'`, or any string where
/// `standard_conforming_strings` is off.
final class EscapeString {
  private final Lexer lexer;
  private final byte[] text;
  private final int start;
  private final ByteBuilder out = new ByteBuilder();
  private boolean warn;
  private boolean verify;

  /// The first half of a surrogate pair that waits for the second one, or 0.
  private int highSurrogate;

  EscapeString(Lexer lexer, int start) {
    this.lexer = lexer;
    this.text = lexer.text;
    this.start = start;
    this.warn = text[start] == '\'' && lexer.settings.escapeStringWarning();
  }

  String value() {
    return verify ? out.verifiedString() : out.string();
  }

  /// Reads a piece from `p` on and returns the place behind its closing quote.
  int read(int p) {
    while (p < text.length) {
      byte c = text[p];
      if (c == '\\' && p + 1 < text.length) {
        p = escape(p);
      } else if (highSurrogate != 0) {
        throw lexer.errorAt("invalid Unicode surrogate pair", p, p + 1);
      } else if (c != '\'') {
        out.add(c);
        p++;
      } else if (p + 1 < text.length && text[p + 1] == '\'') {
        out.add(c);
        p += 2;
      } else {
        return p + 1;
      }
    }
    if (highSurrogate != 0) {
      throw lexer.errorAt("invalid Unicode surrogate pair", p, p);
    }
    throw lexer.errorAt("unterminated quoted string", start, text.length);
  }

  private int escape(int p) {
    int c = text[p + 1];
    if (c == 'u' || c == 'U') {
      return unicode(p, c == 'u' ? 4 : 8);
    }
    if (highSurrogate != 0) {
      throw lexer.errorAt("invalid Unicode surrogate pair", p, p + 1);
    }
    if (c >= '0' && c <= '7') {
      return code(p + 1, 8, 3);
    }
    if (c == 'x' && p + 2 < text.length && Character.digit(text[p + 2], 16) >= 0) {
      return code(p + 2, 16, 2);
    }
    warn(c);
    if (c < 0) {
      verify = true;
    }
    out.add(
        switch (c) {
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'v' -> 0x0b;
          default -> c;
        });
    return p + 2;
  }

  private int code(int p, int radix, int digitsMax) {
    warn('x');
    int value = 0;
    int end = Math.min(p + digitsMax, text.length);
    for (; p < end && Character.digit(text[p], radix) >= 0; p++) {
      value = value * radix + Character.digit(text[p], radix);
    }
    value &= 0xff;
    verify |= value == 0 || value >= 0x80;
    out.add(value);
    return p;
  }

  private int unicode(int p, int digits) {
    long value = 0;
    int end = p + 2;
    while (end < text.length && end < p + 2 + digits && Character.digit(text[end], 16) >= 0) {
      value = value * 16 + Character.digit(text[end++], 16);
    }
    if (end != p + 2 + digits) {
      throw PgException.error(SqlState.INVALID_ESCAPE_SEQUENCE, "invalid Unicode escape")
          .hint("Unicode escapes must be \\uXXXX or \\UXXXXXXXX.")
          .at(p);
    }
    if (highSurrogate == 0) {
      warn('u');
    }
    boolean high = value >= 0xd800 && value <= 0xdbff;
    boolean low = value >= 0xdc00 && value <= 0xdfff;
    if (low != (highSurrogate != 0)) {
      throw lexer.errorAt("invalid Unicode surrogate pair", p, end);
    }
    if (high) {
      highSurrogate = (int) value;
    } else if (low) {
      out.addCodePoint(Character.toCodePoint((char) highSurrogate, (char) value));
      highSurrogate = 0;
    } else if (value == 0 || value > 0x10ffff) {
      throw lexer.errorAt("invalid Unicode escape value", p, end);
    } else {
      out.addCodePoint((int) value);
    }
    return end;
  }

  /// A warning once a string, where a backslash will mean nothing when the setting changes.
  private void warn(int c) {
    if (!warn) {
      return;
    }
    warn = false;
    String what =
        switch (c) {
          case '\'' -> "nonstandard use of \\' in a string literal";
          case '\\' -> "nonstandard use of \\\\ in a string literal";
          default -> "nonstandard use of escape in a string literal";
        };
    String hint =
        switch (c) {
          case '\'' ->
              "Use '' to write quotes in strings, or use the escape string syntax (E'...').";
          case '\\' -> "Use the escape string syntax for backslashes, e.g., E'\\\\'.";
          default -> "Use the escape string syntax for escapes, e.g., E'\\r\\n'.";
        };
    lexer.settings.notice(
        new PgException(Severity.WARNING, SqlState.NONSTANDARD_USE_OF_ESCAPE_CHARACTER, what)
            .hint("%s", hint)
            .at(start));
  }
}
