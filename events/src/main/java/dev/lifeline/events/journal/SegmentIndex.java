package dev.lifeline.events.journal;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A sparse index of one segment: every so many bytes, which event begins there. The writer adds to
/// it while readers look things up.
///
/// Clocks step back now and then, so events are not quite in the order of their times. "Up to the
/// instant t" therefore means: up to the first event that pushes the latest time seen so far beyond
/// t. That is what an entry remembers.
final class SegmentIndex {
  /// Bytes between two entries.
  static final int STRIDE = 64 << 10;

  private static final long MAGIC = 0x4C4C_4945_5849_0001L;
  private static final int HEADER_LONGS = 5;

  // Three longs an entry: sequence, offset, the latest time of all events before it.
  private long[] entries = new long[3 * 64];
  private int count;
  private long bytes;
  private long lastSequence;
  private long latestTime;

  /// @param latestTime the latest time in all segments before this one
  SegmentIndex(long latestTime) {
    this.latestTime = latestTime;
  }

  /// Adds the next line.
  synchronized void add(long sequence, long timeMicros, int length) {
    if (count == 0 || bytes - entries[3 * (count - 1) + 1] >= STRIDE) {
      if (3 * count == entries.length) {
        entries = Arrays.copyOf(entries, 2 * entries.length);
      }
      entries[3 * count] = sequence;
      entries[3 * count + 1] = bytes;
      entries[3 * count + 2] = latestTime;
      count++;
    }
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
      if (entries[3 * middle] <= sequence) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return count == 0 ? 0 : entries[3 * low + 1];
  }

  /// A sequence at or before the last event up to the instant, as near as the index knows; 0 when
  /// the segment begins after it.
  synchronized long sequenceNear(long timeMicros) {
    int low = -1;
    int high = count - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (entries[3 * middle + 2] <= timeMicros) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low < 0 ? 0 : entries[3 * low];
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
    ByteBuffer out = ByteBuffer.allocate(8 * (HEADER_LONGS + 3 * count));
    out.putLong(MAGIC).putLong(bytes).putLong(lastSequence).putLong(latestTime).putLong(count);
    for (int i = 0; i < 3 * count; i++) {
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
    if (count < 0 || in.remaining() != 24 * count) {
      return null;
    }
    index.bytes = segmentBytes;
    index.lastSequence = lastSequence;
    index.count = (int) count;
    index.entries = new long[Math.max(3, 3 * index.count)];
    for (int i = 0; i < 3 * index.count; i++) {
      index.entries[i] = in.getLong();
    }
    return index;
  }
}
