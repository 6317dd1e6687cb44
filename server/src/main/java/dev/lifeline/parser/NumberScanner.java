package dev.lifeline.parser;

import static dev.lifeline.parser.CharClass.isDigit;
import static dev.lifeline.parser.CharClass.isIdentStart;
import static dev.lifeline.parser.Token.*;

/// Numbers and parameters in a query string. Each method returns where its token ends.
final class NumberScanner {
  private final Lexer lexer;
  private final byte[] text;

  NumberScanner(Lexer lexer) {
    this.lexer = lexer;
    text = lexer.text;
  }

  int number(int start) {
    int c = text[start];
    int next = lexer.at(start + 1);
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
    if (lexer.at(p) == '.') {
      if (lexer.at(p + 1) == '.') {
        addInteger(start, p, 10);
        return p;
      }
      integer = false;
      p++;
      if (isDigit(lexer.at(p))) {
        p = digits(p);
      }
    }
    int e = lexer.at(p);
    if (e == 'e' || e == 'E') {
      int sign = lexer.at(p + 1) == '+' || lexer.at(p + 1) == '-' ? 1 : 0;
      if (isDigit(lexer.at(p + 1 + sign))) {
        integer = false;
        p = digits(p + 1 + sign);
      } else if (sign == 1) {
        throw lexer.errorAt("trailing junk after numeric literal", start, p + 2);
      }
    }
    if (isIdentStart(lexer.at(p))) {
      throw lexer.errorAt("trailing junk after numeric literal", start, lexer.endOfIdentifier(p));
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
      int c = lexer.at(p);
      if (isDigit(c)) {
        p++;
      } else if (c == '_' && isDigit(lexer.at(p + 1))) {
        p += 2;
      } else {
        return p;
      }
    }
  }

  private int radixInteger(int start, int radix, String message) {
    int p = start + 2;
    while (true) {
      int c = lexer.at(p);
      if (c >= 0 && Character.digit(c, radix) >= 0) {
        p++;
      } else if (c == '_' && lexer.at(p + 1) >= 0 && Character.digit(lexer.at(p + 1), radix) >= 0) {
        p += 2;
      } else {
        break;
      }
    }
    int word = lexer.endOfIdentifier(start + 1);
    if (p == start + 2) {
      int prefix = lexer.at(p) == '_' ? p + 1 : p;
      throw word > prefix
          ? lexer.errorAt("trailing junk after numeric literal", start, word)
          : lexer.errorAt(message, start, prefix);
    }
    if (word > p) {
      throw lexer.errorAt("trailing junk after numeric literal", start, word);
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
    lexer.add(ICONST, start, end);
    lexer.numbers[lexer.count - 1] = (int) value;
  }

  private void addDigits(int start, int end) {
    String digits = TokenText.ascii(text, start, end);
    lexer.addValue(FCONST, start, end, digits.indexOf('_') < 0 ? digits : digits.replace("_", ""));
  }

  int parameter(int start) {
    int p = start + 1;
    long value = 0;
    while (isDigit(lexer.at(p))) {
      value = Math.min(value * 10 + (text[p] - '0'), Integer.MAX_VALUE + 1L);
      p++;
    }
    if (isIdentStart(lexer.at(p))) {
      throw lexer.errorAt("trailing junk after parameter", start, lexer.endOfIdentifier(p));
    }
    if (value > Integer.MAX_VALUE) {
      throw lexer.errorAt("parameter number too large", start, p);
    }
    lexer.add(PARAM, start, p);
    lexer.numbers[lexer.count - 1] = (int) value;
    return p;
  }
}
