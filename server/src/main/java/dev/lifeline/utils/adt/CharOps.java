package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;

/// `"char"`: a single byte.
final class CharOps extends LongOps {
  CharOps() {
    super(1, false);
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setLong(row, parse(text, offset, length));
  }

  /// The first byte; a backslash with three octal digits is the byte that they tell.
  static long parse(byte[] text, int offset, int length) {
    if (length == 4
        && text[offset] == '\\'
        && isOctal(text[offset + 1])
        && isOctal(text[offset + 2])
        && isOctal(text[offset + 3])) {
      int value =
          (text[offset + 1] - '0') * 64 + (text[offset + 2] - '0') * 8 + (text[offset + 3] - '0');
      return value & 0xFF;
    }
    return length == 0 ? 0 : text[offset] & 0xFF;
  }

  private static boolean isOctal(byte b) {
    return b >= '0' && b <= '7';
  }

  @Override
  long parse(String text, int typmod, EvalContext context) {
    Text utf8 = Text.of(text);
    return parse(utf8.bytes(), 0, utf8.byteLength());
  }

  @Override
  void format(long value, EvalContext context, ByteWriter out) {
    write(value, out);
  }

  static void write(long value, ByteWriter out) {
    if (value >= 0x80) {
      out.int8('\\');
      out.int8('0' + (int) (value >> 6));
      out.int8('0' + (int) ((value >> 3) & 7));
      out.int8('0' + (int) (value & 7));
    } else if (value != 0) {
      out.int8((int) value);
    }
  }
}
