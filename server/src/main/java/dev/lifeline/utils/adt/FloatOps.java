package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// `real` and `double precision`. A real is held as the double of the same value.
final class FloatOps extends TypeOps {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private final boolean single;

  FloatOps(boolean single) {
    this.single = single;
  }

  @Override
  public Rep rep() {
    return Rep.DOUBLE;
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    String string = new String(text, offset, length, StandardCharsets.UTF_8);
    out.setDouble(row, single ? FloatFormat.parseFloat(string) : FloatFormat.parseDouble(string));
  }

  @Override
  public void output(Column in, int row, EvalContext context, ByteWriter out) {
    double value = in.getDouble(row);
    out.ascii(
        single
            ? FloatFormat.format((float) value, context.extraFloatDigits())
            : FloatFormat.format(value, context.extraFloatDigits()));
  }

  @Override
  public void receive(
      byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    WireFormat.check(length, storedLength());
    load(MemorySegment.ofArray(data), offset, length, out, row);
  }

  @Override
  public void send(Column in, int row, EvalContext context, ByteWriter out) {
    store(in, row, out);
  }

  @Override
  public int compare(Column a, int rowA, Column b, int rowB) {
    return compare(a.getDouble(rowA), b.getDouble(rowB));
  }

  /// NaN equals itself and is greater than all else; the zeros are equal.
  static int compare(double a, double b) {
    if (a < b) {
      return -1;
    }
    if (a > b) {
      return 1;
    }
    return a == b ? 0 : Boolean.compare(Double.isNaN(a), Double.isNaN(b));
  }

  @Override
  public long hash(Column in, int row) {
    double value = in.getDouble(row);
    // Adding zero makes one zero of the two.
    return Double.doubleToLongBits(value + 0.0) * 0x9E37_79B9_7F4A_7C15L;
  }

  @Override
  public void encodeKey(Column in, int row, ByteWriter out) {
    // doubleToLongBits knows one NaN only. Flipping all bits of a negative number, and the sign of
    // another, makes the bits order as the numbers do.
    long bits = Double.doubleToLongBits(in.getDouble(row) + 0.0);
    out.int64(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE);
  }

  @Override
  public KeyForm keyForm() {
    return KeyForm.DELIMITED;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    return from + Long.BYTES;
  }

  @Override
  public int storedLength() {
    return single ? 4 : 8;
  }

  @Override
  public void store(Column in, int row, ByteWriter out) {
    double value = in.getDouble(row);
    if (single) {
      out.int32(Float.floatToIntBits((float) value));
    } else {
      out.int64(Double.doubleToLongBits(value));
    }
  }

  @Override
  public void load(MemorySegment page, long offset, int length, Column out, int row) {
    out.setDouble(
        row,
        single
            ? Float.intBitsToFloat(page.get(INT, offset))
            : Double.longBitsToDouble(page.get(LONG, offset)));
  }
}
