package dev.lifeline.parser;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// The escapes of `U&'...'` and `U&"..."`: four digits, or a plus and six, after an escape
/// character that UESCAPE may change.
final class UnicodeEscapes {
  private UnicodeEscapes() {}

  static boolean isEscapeCharacter(char c) {
    return Character.digit(c, 16) < 0
        && c != '+'
        && c != '\''
        && c != '"'
        && " \t\n\r\f\u000b".indexOf(c) < 0;
  }

  /// @param location where the contents start in the query string
  static String resolve(ByteBuilder in, int escape, int location) {
    ByteBuilder out = new ByteBuilder();
    int high = 0;
    int i = 0;
    while (i < in.length()) {
      int c = in.at(i);
      if (c != escape) {
        if (high != 0) {
          throw invalidPair(location + i);
        }
        out.add(c);
        i++;
      } else if (i + 1 < in.length() && in.at(i + 1) == escape) {
        if (high != 0) {
          throw invalidPair(location + i);
        }
        out.add(c);
        i += 2;
      } else {
        boolean plus = i + 1 < in.length() && in.at(i + 1) == '+';
        int digitsAt = plus ? i + 2 : i + 1;
        int digits = plus ? 6 : 4;
        int value = hex(in, digitsAt, digits);
        if (value < 0) {
          throw PgException.error(SqlState.SYNTAX_ERROR, "invalid Unicode escape")
              .hint("Unicode escapes must be \\XXXX or \\+XXXXXX.")
              .at(location + i);
        }
        high = addUnit(out, value, high, location + i);
        i = digitsAt + digits;
      }
    }
    if (high != 0) {
      throw invalidPair(location + i);
    }
    return out.string();
  }

  /// Adds what this escape completes and returns the first half of a pair that it starts, else 0.
  private static int addUnit(ByteBuilder out, int value, int high, int location) {
    if (value == 0 || value > 0x10ffff) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "invalid Unicode escape value").at(location);
    }
    boolean second = value >= 0xdc00 && value <= 0xdfff;
    if (second != (high != 0)) {
      throw invalidPair(location);
    }
    if (value >= 0xd800 && value <= 0xdbff) {
      return value;
    }
    out.addCodePoint(second ? Character.toCodePoint((char) high, (char) value) : value);
    return 0;
  }

  private static int hex(ByteBuilder in, int from, int digits) {
    if (from + digits > in.length()) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < from + digits; i++) {
      int digit = Character.digit(in.at(i), 16);
      if (digit < 0) {
        return -1;
      }
      value = value * 16 + digit;
    }
    return value;
  }

  private static PgException invalidPair(int location) {
    return PgException.error(SqlState.SYNTAX_ERROR, "invalid Unicode surrogate pair").at(location);
  }
}
