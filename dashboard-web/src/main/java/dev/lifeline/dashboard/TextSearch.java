package dev.lifeline.dashboard;

import dev.lifeline.events.export.EventFilter;
import dev.lifeline.events.journal.JournalLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Looks through the lines of the log, which no index knows. It stops when it has enough or has
/// looked at enough, and says where to go on.
final class TextSearch {
  private static final int CHUNK = 4000;

  /// Lines that one search looks at: about a second's work.
  private static final int LINES_MAX = 600_000;

  private final EventLog log;
  private final EventFilter filter;
  private final boolean back;
  private final int limit;
  private @Nullable Long next;

  TextSearch(EventLog log, EventFilter filter, boolean back, int limit) {
    this.log = log;
    this.filter = filter;
    this.back = back;
    this.limit = limit;
  }

  /// The matches after (or before) a sequence, the nearest first.
  List<Long> run(long from) throws IOException {
    List<Long> found = new ArrayList<>();
    long first = log.firstSequence();
    long at = back ? Math.min(from, log.lastSequence() + 1) : Math.max(from, first - 1);
    for (int looked = 0; looked < LINES_MAX; looked += CHUNK) {
      long start = back ? Math.max(first, at - CHUNK) : at + 1;
      long end = back ? at - 1 : Math.min(log.lastSequence(), at + CHUNK);
      if (start > end) {
        return found;
      }
      if (chunk(start, end, found)) {
        next = found.getLast();
        return found;
      }
      at = back ? start : end;
    }
    next = at;
    return found;
  }

  /// Whether there are enough.
  private boolean chunk(long start, long end, List<Long> found) throws IOException {
    List<JournalLine> lines = log.read(start, (int) (end - start + 1));
    for (JournalLine line : back ? lines.reversed() : lines) {
      if (line.sequence() <= end && filter.test(line)) {
        found.add(line.sequence());
        if (found.size() >= limit) {
          return true;
        }
      }
    }
    return false;
  }

  /// Where to go on; null when the log's end is reached.
  @Nullable Long next() {
    return next;
  }
}
