package dev.lifeline.utils.activity;

import dev.lifeline.events.export.EventRow;
import dev.lifeline.events.journal.JournalRange;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;

/// The server's own event log, for who reads it in SQL.
@FunctionalInterface
public interface LoggedEvents {
  /// There is no log.
  LoggedEvents NONE = (range, backward) -> Scan.EMPTY;

  /// Begins to read the events of a range that are there now.
  ///
  /// @param backward whether from the last one to the first
  Scan scan(JournalRange range, boolean backward);

  /// A scan; one call at a time.
  interface Scan {
    /// Of nothing.
    Scan EMPTY =
        new Scan() {
          @Override
          public Future<List<EventRow>> next(int rowsMax) {
            return Future.succeededFuture(List.of());
          }

          @Override
          public boolean atEnd() {
            return true;
          }

          @Override
          public Map<String, Long> figures() {
            return Map.of();
          }

          @Override
          public void close() {}
        };

    /// Reads on, off the event loop. There may be none among what was read, and yet more after it.
    Future<List<EventRow>> next(int rowsMax);

    /// Whether everything was read.
    boolean atEnd();

    /// What was read of the log's files.
    Map<String, Long> figures();

    /// Lets go of the files, at once or as soon as a running [#next] ends.
    void close();
  }
}
