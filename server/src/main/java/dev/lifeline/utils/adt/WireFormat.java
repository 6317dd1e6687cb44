package dev.lifeline.utils.adt;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/// What the binary forms have in common: their errors, and the check of text.
final class WireFormat {
  private WireFormat() {}

  /// A value of fixed length must have just that.
  static void check(int length, int expected) {
    if (length < expected) {
      throw PgException.error(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
    }
    if (length > expected) {
      throw PgException.error(
          SqlState.INVALID_BINARY_REPRESENTATION, "incorrect binary data format");
    }
  }

  static PgException insufficientData() {
    return PgException.error(SqlState.PROTOCOL_VIOLATION, "insufficient data left in message");
  }

  static PgException incorrect(String message, Object... args) {
    return PgException.error(SqlState.INVALID_BINARY_REPRESENTATION, message, args);
  }

  /// Text from outside must be well-formed UTF-8 without zero bytes.
  static Text text(byte[] data, int offset, int length) {
    boolean ascii = true;
    for (int i = offset; i < offset + length; i++) {
      if (data[i] <= 0) {
        ascii = false;
        break;
      }
    }
    if (!ascii) {
      checkUtf8(data, offset, length);
    }
    return Text.copy(data, offset, length);
  }

  private static void checkUtf8(byte[] data, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      if (data[i] == 0) {
        throw invalidSequence("0x00");
      }
    }
    ByteBuffer bytes = ByteBuffer.wrap(data, offset, length);
    try {
      StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(bytes);
    } catch (CharacterCodingException e) {
      throw invalidSequence(hexOf(data, bytes.position(), offset + length));
    }
  }

  private static String hexOf(byte[] data, int from, int end) {
    int lead = data[from] & 0xFF;
    int expected = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC0 ? 2 : 1;
    StringBuilder hex = new StringBuilder();
    for (int i = from; i < Math.min(from + expected, end); i++) {
      hex.append(i == from ? "" : " ").append(String.format("0x%02x", data[i]));
    }
    return hex.toString();
  }

  private static PgException invalidSequence(String bytes) {
    return PgException.error(
        SqlState.CHARACTER_NOT_IN_REPERTOIRE,
        "invalid byte sequence for encoding \"UTF8\": %s",
        bytes);
  }
}
