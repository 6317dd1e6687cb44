package dev.lifeline.events.export;

import dev.lifeline.events.journal.JournalCursor;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;

/// Writes events in some format. Events are given in order; the stream is flushed at the end and
/// stays open.
public abstract class EventExporter {
  private static final int BATCH = 1000;

  EventExporter() {}

  /// An exporter of this format.
  public static EventExporter of(ExportFormat format, OutputStream out) throws IOException {
    return switch (format) {
      case CLOUDEVENTS -> new CloudEventsExporter(out);
      case CHROME -> new ChromeTraceExporter(out);
      case CSV -> new CsvExporter(out);
    };
  }

  /// Writes what the filter admits of a log, from a sequence to another, both included.
  ///
  /// @return how many events were written
  public final long export(JournalReader log, EventFilter filter, long from, long to)
      throws IOException {
    long written = 0;
    try (JournalCursor cursor = log.cursor(Math.max(from, log.firstSequence()))) {
      for (List<JournalLine> lines = cursor.next(BATCH);
          !lines.isEmpty();
          lines = cursor.next(BATCH)) {
        for (JournalLine line : lines) {
          if (line.sequence() > to) {
            end();
            return written;
          }
          boolean wanted = filter.test(line);
          event(line, wanted);
          written += wanted ? 1 : 0;
        }
      }
    }
    end();
    return written;
  }

  /// Takes the next event.
  ///
  /// @param wanted false for one that is only the context of others
  abstract void event(JournalLine line, boolean wanted) throws IOException;

  abstract void end() throws IOException;
}
