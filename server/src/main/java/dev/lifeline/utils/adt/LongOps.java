package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Types whose values are held as a long and stored, sent and compared as a number of 1, 2, 4, 6 or
/// 8 bytes. The subclasses have the text form.
abstract class LongOps extends TypeOps {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final int width;
  private final boolean signed;

  LongOps(int width, boolean signed) {
    this.width = width;
    this.signed = signed;
  }

  /// Reads the text form.
  abstract long parse(String text, int typmod, EvalContext context);

  /// Writes the text form.
  abstract void format(long value, EvalContext context, ByteWriter out);

  @Override
  public final Rep rep() {
    return Rep.LONG;
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setLong(
        row, parse(new String(text, offset, length, StandardCharsets.UTF_8), typmod, context));
  }

  @Override
  public final void output(Column in, int row, EvalContext context, ByteWriter out) {
    format(in.getLong(row), context, out);
  }

  @Override
  public void receive(
      byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    WireFormat.check(length, width);
    out.setLong(row, read(MemorySegment.ofArray(data), offset));
  }

  @Override
  public void send(Column in, int row, EvalContext context, ByteWriter out) {
    write(in.getLong(row), out);
  }

  @Override
  public final int compare(Column a, int rowA, Column b, int rowB) {
    return compareLongs(a.getLong(rowA), b.getLong(rowB));
  }

  int compareLongs(long a, long b) {
    return Long.compare(a, b);
  }

  @Override
  public final long hash(Column in, int row) {
    return in.getLong(row) * 0x9E37_79B9_7F4A_7C15L;
  }

  @Override
  public final void encodeKey(Column in, int row, ByteWriter out) {
    long value = in.getLong(row);
    write(signed ? value ^ (1L << (width * 8 - 1)) : value, out);
  }

  @Override
  public final KeyForm keyForm() {
    return KeyForm.EXACT;
  }

  @Override
  public final int decodeKey(
      byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    if (out != null) {
      long bits = 0;
      for (int i = 0; i < width; i++) {
        bits = (bits << 8) | (key[from + i] & 0xFF);
      }
      bits = inverted ? ~bits : bits;
      int unused = Long.SIZE - width * 8;
      long flipped = signed ? bits ^ (1L << (width * 8 - 1)) : bits;
      out.setLong(row, signed ? (flipped << unused) >> unused : (flipped << unused) >>> unused);
    }
    return from + width;
  }

  @Override
  public final int storedLength() {
    return width;
  }

  @Override
  public final void store(Column in, int row, ByteWriter out) {
    write(in.getLong(row), out);
  }

  @Override
  public final void load(MemorySegment page, long offset, int length, Column out, int row) {
    out.setLong(row, read(page, offset));
  }

  private void write(long value, ByteWriter out) {
    switch (width) {
      case 1 -> out.int8((int) value);
      case 2 -> out.int16((int) value);
      case 4 -> out.int32((int) value);
      case 6 -> {
        out.int32((int) (value >> 16));
        out.int16((int) value);
      }
      default -> out.int64(value);
    }
  }

  private long read(MemorySegment from, long offset) {
    return switch (width) {
      case 1 ->
          signed
              ? from.get(ValueLayout.JAVA_BYTE, offset)
              : from.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
      case 2 -> signed ? from.get(SHORT, offset) : from.get(SHORT, offset) & 0xFFFF;
      case 4 -> signed ? from.get(INT, offset) : Integer.toUnsignedLong(from.get(INT, offset));
      case 6 ->
          Integer.toUnsignedLong(from.get(INT, offset)) << 16
              | (from.get(SHORT, offset + 4) & 0xFFFF);
      default -> from.get(LONG, offset);
    };
  }

  static PgException invalidSyntax(String type, String text) {
    return PgException.error(
        SqlState.INVALID_TEXT_REPRESENTATION,
        "invalid input syntax for type %s: \"%s\"",
        type,
        text);
  }
}
