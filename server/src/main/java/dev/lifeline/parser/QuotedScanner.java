package dev.lifeline.parser;

import static dev.lifeline.parser.CharClass.isDigit;
import static dev.lifeline.parser.CharClass.isIdentCont;
import static dev.lifeline.parser.CharClass.isIdentStart;
import static dev.lifeline.parser.Token.*;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.Arrays;

/// What stands in quotes in a query string: constants of all kinds, and quoted names. Each method
/// returns where its token ends.
final class QuotedScanner {
  private final Lexer lexer;
  private final byte[] text;
  private int position;

  QuotedScanner(Lexer lexer) {
    this.lexer = lexer;
    text = lexer.text;
  }

  int standardString(int start) {
    if (!lexer.settings.standardConformingStrings()) {
      return escapeString(start, start + 1);
    }
    int p = start + 1;
    while (true) {
      if (p >= text.length) {
        throw lexer.errorAt("unterminated quoted string", start, text.length);
      }
      if (text[p++] == '\'') {
        int next = lexer.at(p);
        if (next == '\'' || continuation(p) >= 0) {
          return quoted(SCONST, start, start + 1, "", "unterminated quoted string");
        }
        lexer.add(SCONST, start, p);
        return p;
      }
    }
  }

  int bitString(int kind, int start, String unterminated) {
    return quoted(kind, start, start + 2, kind == BCONST ? "b" : "x", unterminated);
  }

  /// A string without backslash escapes, perhaps in several pieces.
  private int quoted(int kind, int start, int from, String prefix, String unterminated) {
    ByteBuilder out = new ByteBuilder();
    int end = quotedPieces(kind, start, from, out, unterminated);
    lexer.addValue(kind, start, end, prefix + out.string());
    return end;
  }

  private int quotedPieces(int kind, int start, int p, ByteBuilder out, String unterminated) {
    boolean doubling = kind == SCONST;
    while (true) {
      if (p >= text.length) {
        throw lexer.errorAt(unterminated, start, text.length);
      }
      byte c = text[p++];
      if (c != '\'') {
        out.add(c);
      } else if (doubling && lexer.at(p) == '\'') {
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
      int c = lexer.at(p);
      if (c == '\n' || c == '\r') {
        newline = true;
        p++;
      } else if (c >= 0 && CharClass.OF[c] == CharClass.SPACE) {
        p++;
      } else if (c == '-' && lexer.at(p + 1) == '-') {
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

  int escapeString(int start, int from) {
    EscapeString string = new EscapeString(lexer, start);
    int p = from;
    while (true) {
      p = string.read(p);
      int next = continuation(p);
      if (next < 0) {
        break;
      }
      p = next;
    }
    lexer.addValue(SCONST, start, p, string.value());
    return p;
  }

  int dollar(int start) {
    int next = lexer.at(start + 1);
    if (isDigit(next)) {
      return lexer.numeric.parameter(start);
    }
    int tagEnd = dollarTag(start);
    if (tagEnd < 0) {
      lexer.add('$', start, start + 1);
      return start + 1;
    }
    int tagLength = tagEnd - start;
    for (int p = tagEnd; p + tagLength <= text.length; p++) {
      if (text[p] == '$' && Arrays.equals(text, p, p + tagLength, text, start, tagEnd)) {
        lexer.addValue(SCONST, start, p + tagLength, TokenText.utf8(text, tagEnd, p));
        return p + tagLength;
      }
    }
    throw lexer.errorAt("unterminated dollar-quoted string", start, text.length);
  }

  /// The end of `$tag$`, or -1 where there is none.
  private int dollarTag(int start) {
    int p = start + 1;
    if (lexer.at(p) == '$') {
      return p + 1;
    }
    if (!isIdentStart(lexer.at(p))) {
      return -1;
    }
    while (isIdentCont(lexer.at(p)) && lexer.at(p) != '$') {
      p++;
    }
    return lexer.at(p) == '$' ? p + 1 : -1;
  }

  int quotedIdentifier(int start) {
    int p = start + 1;
    boolean doubled = false;
    while (true) {
      if (p >= text.length) {
        throw lexer.errorAt("unterminated quoted identifier", start, text.length);
      }
      if (text[p++] == '"') {
        if (lexer.at(p) != '"') {
          break;
        }
        doubled = true;
        p++;
      }
    }
    if (p == start + 2) {
      throw lexer.errorAt("zero-length delimited identifier", start, p);
    }
    if (doubled || p - start - 2 > Lexer.NAME_LENGTH_MAX) {
      String name = TokenText.utf8(text, start + 1, p - 1).replace("\"\"", "\"");
      lexer.addValue(IDENT, start, p, lexer.truncate(name));
    } else {
      lexer.add(IDENT, start, p);
    }
    return p;
  }

  int unicode(int start, int quote) {
    ByteBuilder out = new ByteBuilder();
    int p = start + 3;
    if (quote == '\'') {
      if (!lexer.settings.standardConformingStrings()) {
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
          throw lexer.errorAt("unterminated quoted identifier", start, text.length);
        }
        byte c = text[p++];
        if (c == '"') {
          if (lexer.at(p) != '"') {
            break;
          }
          p++;
        }
        out.add(c);
      }
      if (out.length() == 0) {
        throw lexer.errorAt("zero-length delimited identifier", start, p);
      }
    }
    position = p;
    int escape = uescape(p);
    String value = UnicodeEscapes.resolve(out, escape, start + 3);
    if (quote == '\'') {
      lexer.addValue(SCONST, start, position, value);
    } else {
      lexer.addValue(IDENT, start, position, lexer.truncate(value));
    }
    return position;
  }

  /// The escape character that a following UESCAPE gives, else the backslash; moves `position`
  /// behind it.
  private int uescape(int p) {
    int next = skipSpace(p);
    int end = lexer.endOfIdentifier(next);
    if (Keywords.lookup(text, next, end) != UESCAPE) {
      return '\\';
    }
    int string = skipSpace(end);
    int before = lexer.count;
    if (lexer.at(string) != '\''
        && !((lexer.at(string) | 0x20) == 'e' && lexer.at(string + 1) == '\'')) {
      int junkEnd = Math.max(lexer.endOfIdentifier(string), Math.min(string + 1, text.length));
      throw lexer.errorAt("UESCAPE must be followed by a simple string literal", string, junkEnd);
    }
    int stringEnd =
        lexer.at(string) == '\'' ? standardString(string) : escapeString(string, string + 2);
    String escape = TokenText.string(lexer, before);
    lexer.count = before;
    if (escape.length() != 1 || !UnicodeEscapes.isEscapeCharacter(escape.charAt(0))) {
      throw lexer.errorAt("invalid Unicode escape character", string, stringEnd);
    }
    position = stringEnd;
    return escape.charAt(0);
  }

  private int skipSpace(int p) {
    while (true) {
      int c = lexer.at(p);
      if (c >= 0 && CharClass.OF[c] == CharClass.SPACE) {
        p++;
      } else if (c == '-' && lexer.at(p + 1) == '-') {
        while (p < text.length && text[p] != '\n' && text[p] != '\r') {
          p++;
        }
      } else if (c == '/' && lexer.at(p + 1) == '*') {
        p = lexer.comment(p);
      } else {
        return p;
      }
    }
  }
}
