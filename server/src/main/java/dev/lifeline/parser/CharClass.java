package dev.lifeline.parser;

import java.util.Arrays;

/// What a byte of a query string may be the beginning of. Bytes of several-byte characters are
/// letters.
final class CharClass {
  static final byte SPACE = 1;
  static final byte DIGIT = 2;
  static final byte IDENT_START = 3;
  static final byte OP_CHAR = 4;
  static final byte SELF = 5;
  static final byte[] OF = new byte[256];

  static {
    for (int c : new int[] {' ', '\t', '\n', '\r', '\f', 0x0b}) {
      OF[c] = SPACE;
    }
    Arrays.fill(OF, '0', '9' + 1, DIGIT);
    Arrays.fill(OF, 'A', 'Z' + 1, IDENT_START);
    Arrays.fill(OF, 'a', 'z' + 1, IDENT_START);
    Arrays.fill(OF, 0x80, 0x100, IDENT_START);
    OF['_'] = IDENT_START;
    for (char c : "~!@#^&|`?+-*/%<>=".toCharArray()) {
      OF[c] = OP_CHAR;
    }
    for (char c : ",()[].;:".toCharArray()) {
      OF[c] = SELF;
    }
  }

  private CharClass() {}

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  static boolean isIdentStart(int c) {
    return c >= 0 && OF[c] == IDENT_START;
  }

  static boolean isIdentCont(int c) {
    return c >= 0 && (OF[c] == IDENT_START || OF[c] == DIGIT || c == '$');
  }
}
