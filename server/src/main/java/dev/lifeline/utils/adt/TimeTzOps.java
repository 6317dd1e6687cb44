package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/// `timetz`.
final class TimeTzOps extends ObjectOps<TimeTz> {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final int BYTES = 12;

  @Override
  TimeTz parse(String text, int typmod, EvalContext context) {
    DateTimeParser parsed = DateTimeParser.parse(text, "time with time zone", context);
    long time = DateTimeOps.Time.timeOf(parsed, context);
    ZoneId zone = parsed.zone == null ? context.timeZone() : parsed.zone;
    int offset;
    if (zone instanceof ZoneOffset fixed) {
      offset = fixed.getTotalSeconds();
    } else {
      // A zone whose offset depends on the day: that of the given day, or of today.
      offset =
          parsed.day == null
              ? DateMath.offsetAt(zone, context.transactionTimestamp())
              : DateMath.offsetAtLocal(zone, DateMath.timestamp(parsed.day, time));
    }
    return new TimeTz(DateMath.round(time, typmod), -offset);
  }

  @Override
  void format(TimeTz value, EvalContext context, ByteWriter out) {
    DateTimeFormat.time(value.micros(), out);
    out.ascii(DateTimeFormat.offset(-value.zone()));
  }

  @Override
  TimeTz receive(byte[] data, int offset, int length, int typmod, EvalContext context) {
    WireFormat.check(length, BYTES);
    TimeTz value = load(MemorySegment.ofArray(data), offset, length);
    return new TimeTz(DateMath.round(value.micros(), typmod), value.zone());
  }

  @Override
  void send(TimeTz value, EvalContext context, ByteWriter out) {
    store(value, out);
  }

  @Override
  int compareValues(TimeTz a, TimeTz b) {
    return a.compareTo(b);
  }

  @Override
  void encodeKey(TimeTz value, ByteWriter out) {
    out.int64((value.micros() + value.zone() * 1_000_000L) ^ Long.MIN_VALUE);
    out.int32(value.zone() ^ Integer.MIN_VALUE);
  }

  @Override
  public KeyForm keyForm() {
    return KeyForm.DELIMITED;
  }

  @Override
  public int decodeKey(byte[] key, int from, boolean inverted, @Nullable Column out, int row) {
    return from + Long.BYTES + Integer.BYTES;
  }

  @Override
  public int storedLength() {
    return BYTES;
  }

  @Override
  void store(TimeTz value, ByteWriter out) {
    out.int64(value.micros());
    out.int32(value.zone());
  }

  @Override
  TimeTz load(MemorySegment page, long offset, int length) {
    return new TimeTz(page.get(LONG, offset), page.get(INT, offset + 8));
  }
}
