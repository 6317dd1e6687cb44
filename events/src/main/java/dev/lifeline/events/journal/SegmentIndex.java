package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A sparse index of one segment: every so many bytes, which event begins there, and what there is
/// from there to the next entry: a block. The writer adds to it while readers look things up.
///
/// Clocks step back now and then, so events are not quite in the order of their times. "Up to the
/// instant t" therefore means: up to the first event that pushes the latest time seen so far beyond
/// t. That is what an entry remembers; and of its block the earliest and the latest time and the
/// types, so that a search passes over blocks that cannot have what it looks for.
final class SegmentIndex {
  /// Bytes between two entries.
  static final int STRIDE = 64 << 10;

  private static final long MAGIC = 0x4C4C_4945_5849_0002L;
  private static final int HEADER_LONGS = 5;

  // The longs of an entry.
  private static final int SEQUENCE = 0;
  private static final int OFFSET = 1;

  /// The latest time of all events before it.
  private static final int LATEST_BEFORE = 2;

  /// The earliest and the latest time in its block.
  private static final int EARLIEST = 3;

  private static final int LATEST = 4;

  /// The types in its block: a bit for each of [LineFormat#TYPE_SLOTS].
  private static final int TYPES = 5;

  private static final int LONGS = TYPES + LineFormat.TYPE_SLOTS / Long.SIZE;

  private long[] entries = new long[LONGS * 64];
  private int count;
  private long bytes;
  private long lastSequence;
  private long latestTime;

  /// @param latestTime the latest time in all segments before this one
  SegmentIndex(long latestTime) {
    this.latestTime = latestTime;
  }

  private long get(int entry, int what) {
    return entries[LONGS * entry + what];
  }

  /// Adds the next line.
  ///
  /// @param typeSlot of [LineFormat#typeSlot]
  synchronized void add(long sequence, long timeMicros, int typeSlot, int length) {
    if (count == 0 || bytes - get(count - 1, OFFSET) >= STRIDE) {
      if (LONGS * count == entries.length) {
        entries = Arrays.copyOf(entries, 2 * entries.length);
      }
      int at = LONGS * count;
      entries[at + SEQUENCE] = sequence;
      entries[at + OFFSET] = bytes;
      entries[at + LATEST_BEFORE] = latestTime;
      entries[at + EARLIEST] = Long.MAX_VALUE;
      entries[at + LATEST] = Long.MIN_VALUE;
      Arrays.fill(entries, at + TYPES, at + LONGS, 0);
      count++;
    }
    int at = LONGS * (count - 1);
    entries[at + EARLIEST] = Math.min(entries[at + EARLIEST], timeMicros);
    entries[at + LATEST] = Math.max(entries[at + LATEST], timeMicros);
    entries[at + TYPES + typeSlot / Long.SIZE] |= 1L << typeSlot;
    bytes += length;
    lastSequence = sequence;
    latestTime = Math.max(latestTime, timeMicros);
  }

  /// Leaves out bytes that hold no event.
  synchronized void skip(int length) {
    bytes += length;
  }

  /// An offset at or before the event, as near as the index knows.
  synchronized long offsetOf(long sequence) {
    int low = 0;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (get(middle, SEQUENCE) <= sequence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return count == 0 ? 0 : get(low, OFFSET);
  }

  /// A sequence at or before the last event up to the instant, as near as the index knows; 0 when
  /// the segment begins after it.
  synchronized long sequenceNear(long timeMicros) {
    int low = -1;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (get(middle, LATEST_BEFORE) <= timeMicros) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low < 0 ? 0 : get(low, SEQUENCE);
  }

  /// Where the next block begins that may have an event of a range; -1 where there is none.
  ///
  /// @param fromOffset where a block begins, or the end
  synchronized long nextBlock(JournalRange range, long fromOffset) {
    for (int i = entryAt(fromOffset); i < count; i++) {
      if (mayHave(i, range)) {
        return get(i, OFFSET);
      }
    }
    return -1;
  }

  /// Where the last block before an offset begins that may have an event of a range; -1 where there
  /// is none.
  synchronized long previousBlock(JournalRange range, long beforeOffset) {
    for (int i = entryAt(beforeOffset) - 1; i >= 0; i--) {
      if (mayHave(i, range)) {
        return get(i, OFFSET);
      }
    }
    return -1;
  }

  private boolean mayHave(int entry, JournalRange range) {
    long last = entry + 1 < count ? get(entry + 1, SEQUENCE) - 1 : lastSequence;
    return last >= range.firstSequence()
        && get(entry, SEQUENCE) <= range.lastSequence()
        && get(entry, LATEST) >= range.firstMicros()
        && get(entry, EARLIEST) <= range.lastMicros()
        && range.mayHaveTypes(get(entry, TYPES), get(entry, TYPES + 1));
  }

  /// Where the block ends that begins there.
  synchronized long blockEnd(long offset) {
    int next = entryAt(offset + 1);
    return next < count ? get(next, OFFSET) : bytes;
  }

  synchronized int blocks() {
    return count;
  }

  /// The first entry at or after an offset.
  private int entryAt(long offset) {
    int low = 0;
    int high = count;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle, OFFSET) < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  synchronized long bytes() {
    return bytes;
  }

  /// 0 while there is no event.
  synchronized long lastSequence() {
    return lastSequence;
  }

  /// The latest time of this segment and all before it.
  synchronized long latestTime() {
    return latestTime;
  }

  synchronized ByteBuffer toBytes() {
    ByteBuffer out = ByteBuffer.allocate(8 * (HEADER_LONGS + LONGS * count));
    out.putLong(MAGIC).putLong(bytes).putLong(lastSequence).putLong(latestTime).putLong(count);
    for (int i = 0; i < LONGS * count; i++) {
      out.putLong(entries[i]);
    }
    return out.flip();
  }

  /// Reads what [#toBytes] wrote; null when it is damaged or of a segment of another size.
  static @Nullable SegmentIndex of(ByteBuffer in, long segmentBytes) {
    if (in.remaining() < 8 * HEADER_LONGS
        || in.getLong() != MAGIC
        || in.getLong() != segmentBytes) {
      return null;
    }
    long lastSequence = in.getLong();
    SegmentIndex index = new SegmentIndex(in.getLong());
    long count = in.getLong();
    if (count < 0 || in.remaining() != 8L * LONGS * count) {
      return null;
    }
    index.bytes = segmentBytes;
    index.lastSequence = lastSequence;
    index.count = (int) count;
    index.entries = new long[Math.max(LONGS, LONGS * index.count)];
    for (int i = 0; i < LONGS * index.count; i++) {
      index.entries[i] = in.getLong();
    }
    return index;
  }
}
