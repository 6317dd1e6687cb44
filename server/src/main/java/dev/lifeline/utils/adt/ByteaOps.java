package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// `bytea`: read in either format, written as `bytea_output` says.
final class ByteaOps extends ObjectOps<Bytea> {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setObject(row, parse(text, offset, length));
  }

  @Override
  Bytea parse(String text, int typmod, EvalContext context) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return parse(bytes, 0, bytes.length);
  }

  static Bytea parse(byte[] text, int offset, int length) {
    if (length >= 2 && text[offset] == '\\' && text[offset + 1] == 'x') {
      return Bytea.wrap(decodeHex(text, offset + 2, offset + length));
    }
    byte[] bytes = new byte[length];
    int size = 0;
    for (int i = offset; i < offset + length; i++) {
      int left = offset + length - i;
      if (text[i] != '\\') {
        bytes[size++] = text[i];
      } else if (left >= 2 && text[i + 1] == '\\') {
        bytes[size++] = '\\';
        i++;
      } else if (left >= 4
          && text[i + 1] >= '0'
          && text[i + 1] <= '3'
          && isOctal(text[i + 2])
          && isOctal(text[i + 3])) {
        bytes[size++] =
            (byte) ((text[i + 1] - '0') * 64 + (text[i + 2] - '0') * 8 + (text[i + 3] - '0'));
        i += 3;
      } else {
        throw PgException.error(
            SqlState.INVALID_TEXT_REPRESENTATION, "invalid input syntax for type %s", "bytea");
      }
    }
    return Bytea.wrap(Arrays.copyOf(bytes, size));
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  /// Digits in pairs; white space between the pairs does not count.
  static byte[] decodeHex(byte[] text, int from, int end) {
    byte[] bytes = new byte[(end - from) / 2];
    int size = 0;
    int at = from;
    while (at < end) {
      byte c = text[at];
      if (c == ' ' || c == '\n' || c == '\t' || c == '\r') {
        at++;
        continue;
      }
      int high = digit(text, at, end);
      if (at + 1 >= end) {
        throw Errors.invalidParameter("invalid hexadecimal data: odd number of digits");
      }
      int low = digit(text, at + 1, end);
      bytes[size++] = (byte) (high << 4 | low);
      at += 2;
    }
    return Arrays.copyOf(bytes, size);
  }

  private static int digit(byte[] text, int at, int end) {
    int digit = Character.digit(text[at] & 0xFF, 16);
    if (digit < 0) {
      int length = 1;
      while (at + length < end && (text[at + length] & 0xC0) == 0x80) {
        length++;
      }
      throw Errors.invalidParameter(
          "invalid hexadecimal digit: \"%s\"",
          new String(text, at, length, StandardCharsets.UTF_8));
    }
    return digit;
  }

  @Override
  void format(Bytea value, EvalContext context, ByteWriter out) {
    if (context.byteaHex()) {
      out.int8('\\');
      out.int8('x');
      hex(value.bytes(), out);
    } else {
      escape(value.bytes(), out);
    }
  }

  static void hex(byte[] bytes, ByteWriter out) {
    int at = out.reserve(bytes.length * 2);
    byte[] target = out.array();
    for (byte b : bytes) {
      target[at++] = HEX[(b >> 4) & 15];
      target[at++] = HEX[b & 15];
    }
  }

  static void escape(byte[] bytes, ByteWriter out) {
    for (byte b : bytes) {
      if (b == '\\') {
        out.int16('\\' << 8 | '\\');
      } else if (b < 0x20 || b > 0x7E) {
        out.int8('\\');
        out.int8('0' + ((b & 0xFF) >> 6));
        out.int8('0' + ((b >> 3) & 7));
        out.int8('0' + (b & 7));
      } else {
        out.int8(b);
      }
    }
  }

  @Override
  Bytea receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    return Bytea.wrap(Arrays.copyOfRange(data, offset, offset + length));
  }

  @Override
  void send(Bytea value, EvalContext context, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  int compareValues(Bytea a, Bytea b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(Bytea value, ByteWriter out) {
    encodeBytes(value.bytes(), out);
  }

  @Override
  public KeyForm keyForm() {
    return KeyForm.EXACT;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    int end = endOfBytes(key, from, inverted);
    if (out != null) {
      out.setObject(row, Bytea.wrap(decodeBytes(key, from, end, inverted)));
    }
    return end;
  }

  @Override
  void store(Bytea value, ByteWriter out) {
    out.bytes(value.bytes());
  }

  @Override
  Bytea load(MemorySegment page, long offset, int length) {
    return Bytea.wrap(copy(page, offset, length));
  }
}
