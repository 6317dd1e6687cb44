package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// `uuid`.
final class UuidOps extends ObjectOps<Uuid> {
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int BYTES = 16;

  /// 32 hexadecimal digits; a hyphen may stand after every fourth, braces around all of it.
  @Override
  Uuid parse(String text, int typmod, EvalContext context) {
    boolean braces = text.startsWith("{");
    int at = braces ? 1 : 0;
    long[] halves = new long[2];
    for (int i = 0; i < 32; i++) {
      int digit = at < text.length() ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0 || text.charAt(at) > 'f') {
        throw LongOps.invalidSyntax("uuid", text);
      }
      at++;
      halves[i / 16] = halves[i / 16] << 4 | digit;
      if (i % 4 == 3 && i < 31 && at < text.length() && text.charAt(at) == '-') {
        at++;
      }
    }
    if (braces) {
      if (at >= text.length() || text.charAt(at) != '}') {
        throw LongOps.invalidSyntax("uuid", text);
      }
      at++;
    }
    if (at != text.length()) {
      throw LongOps.invalidSyntax("uuid", text);
    }
    return new Uuid(halves[0], halves[1]);
  }

  @Override
  void format(Uuid value, EvalContext context, ByteWriter out) {
    out.ascii(new UUID(value.high(), value.low()).toString());
  }

  @Override
  Uuid receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    WireFormat.check(length, BYTES);
    return load(MemorySegment.ofArray(data), offset, length);
  }

  @Override
  void send(Uuid value, EvalContext context, ByteWriter out) {
    store(value, out);
  }

  @Override
  int compareValues(Uuid a, Uuid b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(Uuid value, ByteWriter out) {
    store(value, out);
  }

  @Override
  public KeyForm keyForm() {
    return KeyForm.EXACT;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    if (out != null) {
      MemorySegment m = MemorySegment.ofArray(key);
      long flip = inverted ? -1 : 0;
      out.setObject(row, new Uuid(m.get(LONG, from) ^ flip, m.get(LONG, from + 8) ^ flip));
    }
    return from + BYTES;
  }

  @Override
  public int storedLength() {
    return BYTES;
  }

  @Override
  void store(Uuid value, ByteWriter out) {
    out.int64(value.high());
    out.int64(value.low());
  }

  @Override
  Uuid load(MemorySegment page, long offset, int length) {
    return new Uuid(page.get(LONG, offset), page.get(LONG, offset + 8));
  }
}
