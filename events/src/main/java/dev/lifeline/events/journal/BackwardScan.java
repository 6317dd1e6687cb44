package dev.lifeline.events.journal;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/// From the last event of the range back to its first. Lines can only be found from the front, so a
/// block is read as a whole, and what is wanted of it waits until it is asked for.
final class BackwardScan extends JournalScan {
  private final Iterator<Long> behind;

  private long segment;
  private @Nullable SegmentIndex index;
  private boolean segmentTold;

  /// Where the block begins that was read last.
  private long blockStart;

  /// What was read and not given out, the next one at the end.
  private final List<JournalLine> waiting = new ArrayList<>();

  private boolean atEnd;

  BackwardScan(Segments segments, JournalRange range, long published) throws IOException {
    super(segments, range, published);
    NavigableSet<Long> all = segments.list(Segments.SEGMENT).headSet(lastSequence, true);
    Long first = all.floor(range.firstSequence());
    behind = (first == null ? all : all.tailSet(first, true)).descendingIterator();
    atEnd = range.isEmpty();
  }

  @Override
  public boolean atEnd() {
    return atEnd && waiting.isEmpty();
  }

  @Override
  public List<JournalLine> next(int linesMax) throws IOException {
    List<JournalLine> found = new ArrayList<>();
    long blocksBefore = blocksRead();
    while (found.size() < linesMax) {
      if (!waiting.isEmpty()) {
        found.add(waiting.removeLast());
      } else if (atEnd || blocksRead() - blocksBefore >= BLOCKS_MAX) {
        break;
      } else {
        previousBlock();
      }
    }
    return found;
  }

  private void previousBlock() throws IOException {
    SegmentIndex known = index;
    if (known == null) {
      previousSegment();
      return;
    }
    long at = known.previousBlock(range, blockStart);
    if (at < 0) {
      index = null;
      return;
    }
    blockStart = at;
    long end = known.blockEnd(at);
    try (LineScanner lines =
        new LineScanner(segments.path(segment, Segments.SEGMENT), at, SegmentIndex.STRIDE)) {
      // The last line may be missing: a block is indexed before it is written.
      while (lines.restOffset() < end && lines.next()) {
        look(lines, waiting);
      }
    } catch (NoSuchFileException e) {
      segments.forget(segment); // retention was faster
      index = null;
      return;
    }
    if (!segmentTold) {
      segmentTold = true;
      segmentRead();
    }
    blockRead();
  }

  private void previousSegment() throws IOException {
    if (!behind.hasNext()) {
      atEnd = true;
      return;
    }
    segment = behind.next();
    segmentTold = false;
    try {
      SegmentIndex known = segments.index(segment);
      index = known;
      blockStart = known.bytes();
    } catch (NoSuchFileException e) {
      segments.forget(segment);
    }
  }

  /// Each block's file was closed with it.
  @Override
  public void close() {}
}
