package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Objects;

/// Types whose values are objects of one class.
abstract class ObjectOps<T> extends TypeOps {
  abstract T parse(String text, int typmod, EvalContext context);

  abstract void format(T value, EvalContext context, ByteWriter out);

  abstract T receive(byte[] data, int offset, int length, int typmod, EvalContext context);

  abstract void send(T value, EvalContext context, ByteWriter out);

  abstract int compareValues(T a, T b);

  abstract void encodeKey(T value, ByteWriter out);

  abstract void store(T value, ByteWriter out);

  abstract T load(MemorySegment page, long offset, int length);

  long hashValue(T value) {
    return value.hashCode();
  }

  @SuppressWarnings("unchecked")
  final T value(Column in, int row) {
    return (T) Objects.requireNonNull(in.getObject(row));
  }

  @Override
  public final Rep rep() {
    return Rep.OBJECT;
  }

  @Override
  public void input(
      byte[] text, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setObject(
        row, parse(new String(text, offset, length, StandardCharsets.UTF_8), typmod, context));
  }

  @Override
  public final void output(Column in, int row, EvalContext context, ByteWriter out) {
    format(value(in, row), context, out);
  }

  @Override
  public final void receive(
      byte[] data, int offset, int length, int typmod, EvalContext context, Column out, int row) {
    out.setObject(row, receive(data, offset, length, typmod, context));
  }

  @Override
  public final void send(Column in, int row, EvalContext context, ByteWriter out) {
    send(value(in, row), context, out);
  }

  @Override
  public final int compare(Column a, int rowA, Column b, int rowB) {
    return compareValues(value(a, rowA), value(b, rowB));
  }

  @Override
  public final long hash(Column in, int row) {
    return hashValue(value(in, row)) * 0x9E37_79B9_7F4A_7C15L;
  }

  @Override
  public final void encodeKey(Column in, int row, ByteWriter out) {
    encodeKey(value(in, row), out);
  }

  @Override
  public int storedLength() {
    return -1;
  }

  @Override
  public final void store(Column in, int row, ByteWriter out) {
    store(value(in, row), out);
  }

  @Override
  public final void load(MemorySegment page, long offset, int length, Column out, int row) {
    out.setObject(row, load(page, offset, length));
  }

  static byte[] copy(MemorySegment page, long offset, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(page, ValueLayout.JAVA_BYTE, offset, bytes, 0, length);
    return bytes;
  }

  /// Writes bytes of any content and length so that they order bytewise and end in a way that no
  /// longer string begins with: a zero becomes 00 FF, the end is 00 00.
  static void encodeBytes(byte[] bytes, ByteWriter out) {
    int from = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == 0) {
        out.bytes(bytes, from, i - from);
        out.int8(0);
        out.int8(0xFF);
        from = i + 1;
      }
    }
    out.bytes(bytes, from, bytes.length - from);
    out.int16(0);
  }

  /// Where bytes end that [#encodeBytes] has written.
  static int endOfBytes(byte[] key, int from, boolean inverted) {
    int zero = inverted ? -1 : 0;
    int at = from;
    while (key[at] != zero || key[at + 1] != zero) {
      at += key[at] == zero ? 2 : 1;
    }
    return at + 2;
  }

  /// Undoes [#encodeBytes].
  ///
  /// @param end see [#endOfBytes]
  static byte[] decodeBytes(byte[] key, int from, int end, boolean inverted) {
    byte[] bytes = new byte[end - 2 - from];
    int flip = inverted ? 0xFF : 0;
    int size = 0;
    for (int i = from; i < end - 2; i++) {
      byte b = (byte) (key[i] ^ flip);
      bytes[size++] = b;
      // A zero has a mark behind it.
      i += b == 0 ? 1 : 0;
    }
    return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
  }
}
