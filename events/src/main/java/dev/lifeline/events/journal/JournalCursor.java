package dev.lifeline.events.journal;

import dev.lifeline.events.codec.LineFormat;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Reads a log onwards from a sequence, across segments, and goes on as it grows. For one thread at
/// a time; it reads files, so never on an event loop.
public final class JournalCursor implements Closeable {
  private final Segments segments;
  private final LongSupplier published;
  private long nextSequence;
  private long segment;
  private @Nullable LineScanner lines;

  JournalCursor(Segments segments, LongSupplier published, long fromSequence) {
    this.segments = segments;
    this.published = published;
    nextSequence = Math.max(1, fromSequence);
  }

  /// The sequence that the next line should have.
  public long nextSequence() {
    return nextSequence;
  }

  /// The next lines, at most so many; none when there is nothing more yet.
  ///
  /// Their sequences follow one another. Where they do not, what lies between is gone: retention
  /// has overtaken the reader, or the log is damaged.
  public List<JournalLine> next(int linesMax) throws IOException {
    List<JournalLine> batch = new ArrayList<>();
    long limit = published.getAsLong();
    while (batch.size() < linesMax && nextSequence <= limit) {
      LineScanner scanner = lines;
      if (scanner == null) {
        scanner = seek();
        if (scanner == null) {
          break;
        }
      }
      if (!scanner.next()) {
        if (!leaveSegment()) {
          break;
        }
        continue;
      }
      long sequence = LineFormat.sequence(scanner.buffer(), scanner.from(), scanner.to());
      if (sequence > limit) {
        // Read ahead of the writer into a log with a hole: the line comes again.
        close();
        break;
      }
      if (sequence >= nextSequence) {
        batch.add(line(scanner, sequence));
        nextSequence = sequence + 1;
      }
    }
    return batch;
  }

  private static JournalLine line(LineScanner scanner, long sequence) {
    byte[] bytes = Arrays.copyOfRange(scanner.buffer(), scanner.from(), scanner.to());
    return new JournalLine(sequence, bytes);
  }

  /// Opens the segment that holds the next sequence, or the first one after it.
  private @Nullable LineScanner seek() throws IOException {
    while (true) {
      NavigableSet<Long> all = segments.list(Segments.SEGMENT);
      Long floor = all.floor(nextSequence);
      Long first = floor != null ? floor : all.ceiling(nextSequence);
      if (first == null) {
        return null;
      }
      try {
        long offset = floor == null ? 0 : segments.index(first).offsetOf(nextSequence);
        lines = new LineScanner(segments.path(first, Segments.SEGMENT), offset);
        segment = first;
        return lines;
      } catch (NoSuchFileException e) {
        // Retention was faster; look again.
        segments.forget(first);
      }
    }
  }

  /// Closes a segment that is read to its end when there is another one after it.
  private boolean leaveSegment() throws IOException {
    Long after = segments.list(Segments.SEGMENT).higher(segment);
    if (after == null) {
      return false;
    }
    LineScanner scanner = lines;
    if (scanner != null && scanner.next()) {
      // It grew between the two looks. Step back by opening it again.
      close();
      return true;
    }
    close();
    nextSequence = Math.max(nextSequence, after);
    return true;
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
