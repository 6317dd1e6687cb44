package dev.lifeline.main;

import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.export.EventRow;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalRange;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalScan;
import dev.lifeline.utils.activity.LoggedEvents;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads the journal for SQL on the worker threads: a batch at a time, so that a query that is
/// cancelled, or has seen enough, stops reading.
///
/// A session asks for the next batch only after the last one, but it may close the scan while a
/// worker still reads: the lock keeps the two apart.
final class EventScan implements LoggedEvents.Scan {
  private final Vertx vertx;
  private final JournalReader reader;
  private final JournalRange range;
  private final boolean backward;
  private final Object lock = new Object();
  private @Nullable JournalScan scan;
  private boolean closed;
  private volatile boolean atEnd;
  private volatile Map<String, Long> figures = Map.of();

  EventScan(Vertx vertx, JournalReader reader, JournalRange range, boolean backward) {
    this.vertx = vertx;
    this.reader = reader;
    this.range = range;
    this.backward = backward;
  }

  @Override
  public Future<List<EventRow>> next(int rowsMax) {
    return vertx.executeBlocking(() -> read(rowsMax), false).map(Objects::requireNonNull);
  }

  private List<EventRow> read(int rowsMax) throws IOException {
    synchronized (lock) {
      if (closed) {
        return List.of();
      }
      JournalScan open = scan;
      if (open == null) {
        open = backward ? reader.scanBackward(range) : reader.scan(range);
        scan = open;
      }
      List<EventRow> rows = new ArrayList<>();
      for (JournalLine line : open.next(rowsMax)) {
        rows.add(row(line));
      }
      atEnd = open.atEnd();
      Map<String, Long> read = new LinkedHashMap<>();
      read.put("Journal Segments", open.segmentsRead());
      read.put("Journal Blocks", open.blocksRead());
      read.put("Journal Events", open.linesRead());
      figures = read;
      return rows;
    }
  }

  private static EventRow row(JournalLine line) throws IOException {
    try {
      return EventRow.of(line);
    } catch (EventFormatException e) {
      throw new IOException("event " + line.sequence() + " is damaged", e);
    }
  }

  @Override
  public boolean atEnd() {
    return atEnd;
  }

  @Override
  public Map<String, Long> figures() {
    return figures;
  }

  /// On a worker, because one may be reading.
  @Override
  public void close() {
    vertx
        .executeBlocking(
            () -> {
              synchronized (lock) {
                closed = true;
                JournalScan open = scan;
                scan = null;
                if (open != null) {
                  open.close();
                }
              }
              return null;
            },
            false)
        .onFailure(error -> System.err.println("lifeline: WARNING:  " + error.getMessage()));
  }
}
