package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/// `interval`.
final class IntervalOps extends ObjectOps<Interval> {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int BYTES = 16;

  @Override
  Interval parse(String text, int typmod, EvalContext context) {
    return IntervalParser.parse(text, typmod);
  }

  @Override
  void format(Interval value, EvalContext context, ByteWriter out) {
    IntervalFormat.format(value, context.intervalStyle(), out);
  }

  @Override
  Interval receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    WireFormat.check(length, BYTES);
    return IntervalTypmods.apply(load(MemorySegment.ofArray(data), offset, length), typmod);
  }

  @Override
  void send(Interval value, EvalContext context, ByteWriter out) {
    store(value, out);
  }

  @Override
  int compareValues(Interval a, Interval b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(Interval value, ByteWriter out) {
    out.int64(value.spanDays() ^ Long.MIN_VALUE);
    out.int64(value.restMicros());
  }

  @Override
  public KeyForm keyForm() {
    return KeyForm.DELIMITED;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    return from + 2 * Long.BYTES;
  }

  @Override
  public int storedLength() {
    return BYTES;
  }

  @Override
  void store(Interval value, ByteWriter out) {
    out.int64(value.micros());
    out.int32(value.days());
    out.int32(value.months());
  }

  @Override
  Interval load(MemorySegment page, long offset, int length) {
    return new Interval(
        page.get(LONG, offset), page.get(INT, offset + 8), page.get(INT, offset + 12));
  }
}
