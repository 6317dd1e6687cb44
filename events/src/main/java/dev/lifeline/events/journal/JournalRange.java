package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which part of a log is looked at: events between two sequences and two instants, of some types.
/// All ends belong to it.
public final class JournalRange {
  /// The whole log.
  public static final JournalRange ALL =
      new JournalRange(1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, null);

  private final long firstSequence;
  private final long lastSequence;
  private final long firstMicros;
  private final long lastMicros;
  private final @Nullable List<byte[]> types;

  // The types' places in a block's set of types.
  private final long lowTypes;
  private final long highTypes;

  /// @param firstMicros the earliest time, in microseconds since the epoch
  /// @param types CloudEvents types; null for all
  public JournalRange(
      long firstSequence,
      long lastSequence,
      long firstMicros,
      long lastMicros,
      @Nullable Collection<String> types) {
    this.firstSequence = firstSequence;
    this.lastSequence = lastSequence;
    this.firstMicros = firstMicros;
    this.lastMicros = lastMicros;
    long low = 0;
    long high = 0;
    if (types == null) {
      this.types = null;
    } else {
      this.types = types.stream().map(type -> type.getBytes(StandardCharsets.UTF_8)).toList();
      for (String type : types) {
        int slot = LineFormat.typeSlot(type);
        low |= slot < Long.SIZE ? 1L << slot : 0;
        high |= slot < Long.SIZE ? 0 : 1L << slot;
      }
    }
    lowTypes = low;
    highTypes = high;
  }

  public long firstSequence() {
    return firstSequence;
  }

  public long lastSequence() {
    return lastSequence;
  }

  public long firstMicros() {
    return firstMicros;
  }

  public long lastMicros() {
    return lastMicros;
  }

  /// Whether it can be seen that nothing belongs to it.
  public boolean isEmpty() {
    return firstSequence > lastSequence
        || firstMicros > lastMicros
        || (types != null && types.isEmpty());
  }

  /// Whether a block with these types may have one that is wanted.
  boolean mayHaveTypes(long low, long high) {
    return types == null || (low & lowTypes) != 0 || (high & highTypes) != 0;
  }

  /// Whether a line belongs to it.
  boolean admits(long sequence, byte[] bytes, int from, int to) {
    if (sequence < firstSequence || sequence > lastSequence) {
      return false;
    }
    if (firstMicros != Long.MIN_VALUE || lastMicros != Long.MAX_VALUE) {
      long time = LineFormat.timeMicros(bytes, from, to);
      if (time < firstMicros || time > lastMicros) {
        return false;
      }
    }
    if (types == null) {
      return true;
    }
    for (byte[] type : types) {
      if (LineFormat.isOfType(bytes, from, to, type)) {
        return true;
      }
    }
    return false;
  }
}
