package dev.lifeline.events.journal;

import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.state.ClusterState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.LongSupplier;

/// Looks things up in a log: events by sequence, sequences by time, the cluster's state at either.
///
/// Any thread may ask, but never an event loop: every method reads files.
public final class JournalReader {
  private static final int BATCH = 512;

  private final Segments segments;
  private final Snapshots snapshots;
  private final LongSupplier published;

  JournalReader(Segments segments, LongSupplier published) {
    this.segments = segments;
    this.published = published;
    snapshots = new Snapshots(segments);
  }

  /// A reader of a directory, whether a server writes it or not. It sees whole lines only.
  public static JournalReader of(Path directory) {
    return new JournalReader(new Segments(directory), () -> Long.MAX_VALUE);
  }

  /// The oldest sequence that is still kept, 1 when nothing was ever written.
  public long firstSequence() throws IOException {
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    return all.isEmpty() ? 1 : all.first();
  }

  /// The youngest sequence, 0 when there is none.
  public long lastSequence() throws IOException {
    long last = 0;
    for (Long first : segments.list(Segments.SEGMENT).descendingSet()) {
      last = segments.index(first).lastSequence();
      if (last != 0) {
        break;
      }
    }
    return Math.min(last, published.getAsLong());
  }

  /// The events from a sequence on, at most so many. When the first has another sequence, what was
  /// asked for is not kept any more.
  public List<JournalLine> read(long fromSequence, int limit) throws IOException {
    try (JournalCursor cursor = cursor(fromSequence)) {
      return cursor.next(limit);
    }
  }

  /// A cursor that can follow the log as it grows.
  public JournalCursor cursor(long fromSequence) {
    return new JournalCursor(segments, published, fromSequence);
  }

  /// A scan of the events of a range that there are now.
  public JournalScan scan(JournalRange range) throws IOException {
    return new ForwardScan(segments, range, published.getAsLong());
  }

  /// The same from the last event to the first.
  public JournalScan scanBackward(JournalRange range) throws IOException {
    return new BackwardScan(segments, range, published.getAsLong());
  }

  /// The last event up to an instant; when the log begins after it, one less than its first.
  ///
  /// Where the clock stepped back, it is the last one before the first event that is later than the
  /// instant.
  public long sequenceAt(Instant time) throws IOException {
    long micros = TimeText.toMicros(time);
    long near = 0;
    long oldest = 0;
    for (Long first : segments.list(Segments.SEGMENT).descendingSet()) {
      near = segments.index(first).sequenceNear(micros);
      oldest = first;
      if (near != 0) {
        break;
      }
    }
    if (near == 0) {
      near = Math.max(1, oldest); // only the events before the first index entry may qualify
    }
    long last = near - 1;
    try (JournalCursor cursor = cursor(near)) {
      while (true) {
        List<JournalLine> lines = cursor.next(BATCH);
        if (lines.isEmpty()) {
          return last;
        }
        for (JournalLine line : lines) {
          if (line.timeMicros() > micros) {
            return last;
          }
          last = line.sequence();
        }
      }
    }
  }

  /// The cluster's state after an event.
  public ClusterState stateAt(long sequence) throws IOException {
    return fold(snapshots.atOrBefore(sequence), sequence);
  }

  /// The cluster's state at an instant.
  public ClusterState stateAt(Instant time) throws IOException {
    return stateAt(sequenceAt(time));
  }

  /// The youngest state at or before an event that is stored, the empty one where there is none.
  public ClusterState snapshotBefore(long sequence) throws IOException {
    return snapshots.atOrBefore(sequence);
  }

  /// The state after all there is, or up to a sequence, given an earlier one.
  public ClusterState fold(ClusterState state, long toSequence) throws IOException {
    LineReader reader = new LineReader();
    try (JournalCursor cursor = cursor(state.sequence() + 1)) {
      while (state.sequence() < toSequence) {
        List<JournalLine> lines = cursor.next(BATCH);
        if (lines.isEmpty()) {
          break;
        }
        for (JournalLine line : lines) {
          if (line.sequence() > toSequence) {
            return state;
          }
          state = apply(state, line, reader);
        }
      }
    }
    return state;
  }

  private static ClusterState apply(ClusterState state, JournalLine line, LineReader reader) {
    try {
      return state.apply(line.envelope(reader));
    } catch (EventFormatException e) {
      // Written by a newer version, or damaged: verify says which. The rest still counts.
      return state;
    }
  }
}
