package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/// Reads the events of a range, up to the last one that was there when the scan began. What the
/// segments' indexes show not to be wanted is not read. For one thread at a time; it reads files,
/// so never on an event loop.
public final class JournalScan implements Closeable {
  /// Blocks that one call reads, wanted or not, so that the caller can give up in between.
  private static final int BLOCKS_MAX = 64;

  private final Segments segments;
  private final JournalRange range;
  private final long lastSequence;
  private final Iterator<Long> ahead;

  private long segment;
  private @Nullable SegmentIndex index;
  private @Nullable LineScanner lines;
  private long blockEnd;
  private boolean atEnd;

  private long segmentsRead;
  private long blocksRead;
  private long linesRead;

  JournalScan(Segments segments, JournalRange range, long published) throws IOException {
    this.segments = segments;
    this.range = range;
    this.lastSequence = Math.min(range.lastSequence(), published);
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    Long first = all.floor(range.firstSequence());
    ahead = (first == null ? all : all.tailSet(first, true)).iterator();
    atEnd = range.isEmpty();
  }

  /// Whether everything was read.
  public boolean atEnd() {
    return atEnd;
  }

  /// The next events, at most so many; perhaps none though there are more, see [#atEnd].
  public List<JournalLine> next(int linesMax) throws IOException {
    List<JournalLine> found = new ArrayList<>();
    long blocksBefore = blocksRead;
    while (!atEnd && found.size() < linesMax && blocksRead - blocksBefore < BLOCKS_MAX) {
      LineScanner scanner = lines;
      if (scanner == null || scanner.restOffset() >= blockEnd) {
        nextBlock();
      } else if (scanner.next()) {
        look(scanner, found);
      } else {
        closeSegment(); // a block is indexed before it is written
      }
    }
    return found;
  }

  private void look(LineScanner scanner, List<JournalLine> found) {
    byte[] buffer = scanner.buffer();
    int from = scanner.from();
    int to = scanner.to();
    long sequence = LineFormat.sequence(buffer, from, to);
    linesRead++;
    if (sequence > lastSequence) {
      atEnd = true;
    } else if (sequence > 0 && range.admits(sequence, buffer, from, to)) {
      byte[] bytes = Arrays.copyOfRange(buffer, from, to);
      found.add(new JournalLine(sequence, bytes));
    }
  }

  /// Goes to the next block that may have something, in this segment or a later one.
  private void nextBlock() throws IOException {
    SegmentIndex known = index;
    if (known == null) {
      nextSegment();
      return;
    }
    LineScanner scanner = lines;
    long at = known.nextBlock(range, scanner == null ? 0 : blockEnd);
    if (at < 0) {
      closeSegment();
      return;
    }
    if (scanner == null || scanner.restOffset() != at) {
      if (scanner == null) {
        segmentsRead++;
      } else {
        scanner.close();
      }
      try {
        lines = new LineScanner(segments.path(segment, Segments.SEGMENT), at, SegmentIndex.STRIDE);
      } catch (NoSuchFileException e) {
        segments.forget(segment); // retention was faster
        closeSegment();
        return;
      }
    }
    blockEnd = known.blockEnd(at);
    blocksRead++;
  }

  private void nextSegment() throws IOException {
    if (!ahead.hasNext()) {
      atEnd = true;
      return;
    }
    segment = ahead.next();
    if (segment > lastSequence) {
      atEnd = true;
      return;
    }
    try {
      index = segments.index(segment);
    } catch (NoSuchFileException e) {
      segments.forget(segment);
    }
  }

  private void closeSegment() throws IOException {
    index = null;
    close();
  }

  /// Segments that something was read of.
  public long segmentsRead() {
    return segmentsRead;
  }

  /// Blocks of 64 kB that were read.
  public long blocksRead() {
    return blocksRead;
  }

  /// Lines that were looked at.
  public long linesRead() {
    return linesRead;
  }

  @Override
  public void close() throws IOException {
    LineScanner scanner = lines;
    lines = null;
    if (scanner != null) {
      scanner.close();
    }
  }
}
