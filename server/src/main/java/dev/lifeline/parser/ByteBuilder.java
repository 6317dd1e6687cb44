package dev.lifeline.parser;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that a literal consists of, while it is put together.
final class ByteBuilder {
  private byte[] bytes = new byte[32];
  private int length;

  void add(int b) {
    if (length == bytes.length) {
      bytes = Arrays.copyOf(bytes, length * 2);
    }
    bytes[length++] = (byte) b;
  }

  void addCodePoint(int codePoint) {
    for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      add(b);
    }
  }

  int length() {
    return length;
  }

  byte at(int i) {
    return bytes[i];
  }

  String string() {
    return TokenText.utf8(bytes, 0, length);
  }

  /// The string, where escapes may have made something that is no UTF-8.
  String verifiedString() {
    ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
    for (int i = 0; i < length; i++) {
      if (bytes[i] == 0) {
        throw invalid(i, 1);
      }
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(in).toString();
    } catch (CharacterCodingException e) {
      throw invalid(in.position(), sequenceLength(bytes[in.position()]));
    }
  }

  private static int sequenceLength(byte first) {
    if ((first & 0xe0) == 0xc0) {
      return 2;
    }
    if ((first & 0xf0) == 0xe0) {
      return 3;
    }
    return (first & 0xf8) == 0xf0 ? 4 : 1;
  }

  private PgException invalid(int at, int count) {
    StringBuilder hex = new StringBuilder();
    for (int i = at; i < Math.min(at + count, length); i++) {
      hex.append(i == at ? "" : " ").append("0x%02x".formatted(bytes[i] & 0xff));
    }
    return PgException.error(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": %s",
        hex.toString());
  }
}
