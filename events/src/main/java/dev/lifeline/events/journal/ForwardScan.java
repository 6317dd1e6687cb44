package dev.lifeline.events.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/// From the first event of the range on. Blocks that follow each other are read in one go.
final class ForwardScan extends JournalScan {
  private final Iterator<Long> ahead;

  private long segment;
  private @Nullable SegmentIndex index;
  private @Nullable LineScanner lines;
  private long blockEnd;
  private boolean atEnd;

  ForwardScan(Segments segments, JournalRange range, long published) throws IOException {
    super(segments, range, published);
    NavigableSet<Long> all = segments.list(Segments.SEGMENT);
    Long first = all.floor(range.firstSequence());
    ahead = (first == null ? all : all.tailSet(first, true)).iterator();
    atEnd = range.isEmpty();
  }

  @Override
  public boolean atEnd() {
    return atEnd;
  }

  @Override
  public List<JournalLine> next(int linesMax) throws IOException {
    List<JournalLine> found = new ArrayList<>();
    long blocksBefore = blocksRead();
    while (!atEnd && found.size() < linesMax && blocksRead() - blocksBefore < BLOCKS_MAX) {
      LineScanner scanner = lines;
      if (scanner == null || scanner.restOffset() >= blockEnd) {
        nextBlock();
      } else if (scanner.next()) {
        atEnd = look(scanner, found) > lastSequence;
      } else {
        closeSegment(); // a block is indexed before it is written
      }
    }
    return found;
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
        segmentRead();
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
    blockRead();
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

  @Override
  public void close() throws IOException {
    LineScanner scanner = lines;
    lines = null;
    if (scanner != null) {
      scanner.close();
    }
  }
}
