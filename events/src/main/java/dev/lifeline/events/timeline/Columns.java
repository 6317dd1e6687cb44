package dev.lifeline.events.timeline;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The ticks of a block, column by column: in memory while the block is filled, and in exactly this
/// form at the beginning of its file, behind the header.
///
/// A column is sorted where its axis is: all but row, pid, cause, type and duration.
final class Columns {
  static final int HEADER_BYTES = 4096;

  private static final int BYTES_PER_TICK = 3 * 8 + 5 * 4 + 2;
  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
  private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private static final Group[] GROUPS = Group.values();

  private final MemorySegment memory;
  private final int capacity;
  private final long baseSequence;
  private int count;

  /// @param baseSequence one less than the first sequence
  Columns(MemorySegment memory, int capacity, long baseSequence, int count) {
    this.memory = memory;
    this.capacity = capacity;
    this.baseSequence = baseSequence;
    this.count = count;
  }

  /// Bytes of a file up to the end of its columns.
  static long bytes(int capacity) {
    return HEADER_BYTES + (long) capacity * BYTES_PER_TICK;
  }

  MemorySegment memory() {
    return memory;
  }

  int count() {
    return count;
  }

  int capacity() {
    return capacity;
  }

  long baseSequence() {
    return baseSequence;
  }

  private long wide(int column, int i) {
    return HEADER_BYTES + 8L * ((long) column * capacity + i);
  }

  private long narrow(int column, int i) {
    return HEADER_BYTES + 24L * capacity + 4L * ((long) column * capacity + i);
  }

  private long small(int column, int i) {
    return HEADER_BYTES + 44L * capacity + (long) column * capacity + i;
  }

  void add(Tick tick) {
    int i = count;
    Place place = tick.place();
    memory.set(LONG, wide(0, i), place.time());
    memory.set(LONG, wide(1, i), place.active());
    memory.set(LONG, wide(2, i), place.lsn());
    memory.set(INT, narrow(0, i), Math.toIntExact(place.sequence() - baseSequence));
    memory.set(INT, narrow(1, i), tick.pid());
    long back = tick.cause() == 0 ? 0 : place.sequence() - tick.cause();
    memory.set(INT, narrow(2, i), back > Integer.MAX_VALUE ? 0 : (int) back);
    memory.set(INT, narrow(3, i), tick.row());
    memory.set(FLOAT, narrow(4, i), tick.durationMs());
    memory.set(ValueLayout.JAVA_BYTE, small(0, i), (byte) tick.type());
    memory.set(ValueLayout.JAVA_BYTE, small(1, i), (byte) tick.group().number());
    count = i + 1;
  }

  long at(Axis axis, int i) {
    return switch (axis) {
      case TIME -> memory.get(LONG, wide(0, i));
      case ACTIVE -> memory.get(LONG, wide(1, i));
      case LSN -> memory.get(LONG, wide(2, i));
      case SEQUENCE -> sequence(i);
    };
  }

  long sequence(int i) {
    return baseSequence + memory.get(INT, narrow(0, i));
  }

  int pid(int i) {
    return memory.get(INT, narrow(1, i));
  }

  /// How many events before this one its cause is, 0 for a root cause.
  int causeBack(int i) {
    return memory.get(INT, narrow(2, i));
  }

  int row(int i) {
    return memory.get(INT, narrow(3, i));
  }

  float durationMs(int i) {
    return memory.get(FLOAT, narrow(4, i));
  }

  int type(int i) {
    return memory.get(ValueLayout.JAVA_BYTE, small(0, i));
  }

  Group group(int i) {
    return GROUPS[memory.get(ValueLayout.JAVA_BYTE, small(1, i))];
  }

  Place place(int i) {
    return new Place(at(Axis.TIME, i), at(Axis.ACTIVE, i), at(Axis.LSN, i), sequence(i));
  }

  Tick tick(int i) {
    int back = causeBack(i);
    return new Tick(
        place(i),
        row(i),
        pid(i),
        type(i),
        group(i),
        back == 0 ? 0 : sequence(i) - back,
        durationMs(i));
  }

  /// How many ticks lie before a coordinate.
  int before(Axis axis, long coordinate) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (at(axis, middle) < coordinate) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
