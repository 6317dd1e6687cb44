package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.io.Closeable;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/// Reads the events of a range, up to the last one that was there when the scan began. What the
/// segments' indexes show not to be wanted is not read. For one thread at a time; it reads files,
/// so never on an event loop.
public abstract sealed class JournalScan implements Closeable permits ForwardScan, BackwardScan {
  /// Blocks that one call reads, wanted or not, so that the caller can give up in between.
  static final int BLOCKS_MAX = 64;

  final Segments segments;
  final JournalRange range;

  /// No event after it belongs to the scan.
  final long lastSequence;

  private long segmentsRead;
  private long blocksRead;
  private long linesRead;

  JournalScan(Segments segments, JournalRange range, long published) {
    this.segments = segments;
    this.range = range;
    this.lastSequence = Math.min(range.lastSequence(), published);
  }

  /// Whether everything was read.
  public abstract boolean atEnd();

  /// The next events, at most so many; perhaps none though there are more, see [#atEnd].
  public abstract List<JournalLine> next(int linesMax) throws IOException;

  /// Adds the line at which the scanner stands, if it is wanted.
  ///
  /// @return its sequence
  final long look(LineScanner scanner, List<JournalLine> found) {
    byte[] buffer = scanner.buffer();
    int from = scanner.from();
    int to = scanner.to();
    long sequence = LineFormat.sequence(buffer, from, to);
    linesRead++;
    if (sequence > 0 && sequence <= lastSequence && range.admits(sequence, buffer, from, to)) {
      found.add(new JournalLine(sequence, Arrays.copyOfRange(buffer, from, to)));
    }
    return sequence;
  }

  final void segmentRead() {
    segmentsRead++;
  }

  final void blockRead() {
    blocksRead++;
  }

  /// Segments that something was read of.
  public final long segmentsRead() {
    return segmentsRead;
  }

  /// Blocks of 64 kB that were read.
  public final long blocksRead() {
    return blocksRead;
  }

  /// Lines that were looked at.
  public final long linesRead() {
    return linesRead;
  }
}
