package dev.lifeline.parser;

import static dev.lifeline.parser.Token.*;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// The text of tokens: cut out of the query string's bytes when somebody asks for it.
final class TokenText {
  private TokenText() {}

  /// The value of a token that has one: a name folded to lower case, a string without its quotes.
  static String string(Lexer lexer, int index) {
    @Nullable String @Nullable [] values = lexer.values;
    if (values != null) {
      String value = values[index];
      if (value != null) {
        return value;
      }
    }
    int kind = lexer.kinds[index];
    int start = lexer.starts[index];
    int end = lexer.ends[index];
    if (kind == SCONST || lexer.text[start] == '"') {
      return utf8(lexer.text, start + 1, end - 1);
    }
    if (Keywords.isKeyword(kind)) {
      return Keywords.name(kind);
    }
    return kind == IDENT ? lowerCase(lexer.text, start, end) : utf8(lexer.text, start, end);
  }

  static String utf8(byte[] text, int start, int end) {
    return new String(text, start, end - start, StandardCharsets.UTF_8);
  }

  static String ascii(byte[] text, int start, int end) {
    return new String(text, start, end - start, StandardCharsets.ISO_8859_1);
  }

  /// Only ASCII letters are folded, as PostgreSQL does in a database that is encoded in UTF-8.
  static String lowerCase(byte[] text, int start, int end) {
    boolean ascii = true;
    boolean upper = false;
    for (int i = start; i < end; i++) {
      byte c = text[i];
      ascii &= c >= 0;
      upper |= c >= 'A' && c <= 'Z';
    }
    if (!upper) {
      return ascii ? ascii(text, start, end) : utf8(text, start, end);
    }
    byte[] folded = new byte[end - start];
    for (int i = start; i < end; i++) {
      byte c = text[i];
      folded[i - start] = c >= 'A' && c <= 'Z' ? (byte) (c + ('a' - 'A')) : c;
    }
    return utf8(folded, 0, folded.length);
  }

  /// A name cut at 63 bytes, never in the middle of a character.
  static String truncate(String name) {
    if (name.length() * 3 <= Lexer.NAME_LENGTH_MAX) {
      return name;
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= Lexer.NAME_LENGTH_MAX) {
      return name;
    }
    int end = Lexer.NAME_LENGTH_MAX;
    while ((bytes[end] & 0xc0) == 0x80) {
      end--;
    }
    return utf8(bytes, 0, end);
  }
}
