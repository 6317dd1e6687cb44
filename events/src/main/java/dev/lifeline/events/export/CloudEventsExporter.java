package dev.lifeline.events.export;

import dev.lifeline.events.journal.JournalLine;
import java.io.IOException;
import java.io.OutputStream;

/// The lines as they are on the log, with their CRC and chain hash: they are CloudEvents already.
final class CloudEventsExporter extends EventExporter {
  private final OutputStream out;

  CloudEventsExporter(OutputStream out) {
    this.out = out;
  }

  @Override
  void event(JournalLine line, boolean wanted) throws IOException {
    if (wanted) {
      out.write(line.bytes());
      out.write('\n');
    }
  }

  @Override
  void end() throws IOException {
    out.flush();
  }
}
