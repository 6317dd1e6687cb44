package dev.lifeline.events.export;

import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.journal.JournalLine;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/// One line for each event; its data is one field, as JSON.
final class CsvExporter extends EventExporter {
  private static final String HEADER =
      "sequence,time,type,backend_type,pid,cause,traceparent,data\r\n";

  private final OutputStream out;

  CsvExporter(OutputStream out) throws IOException {
    this.out = out;
    write(HEADER);
  }

  @Override
  void event(JournalLine line, boolean wanted) throws IOException {
    if (!wanted) {
      return;
    }
    EventHead head = EventHead.of(line);
    String cause = head.cause().isEmpty() ? "" : Long.toString(Long.parseLong(head.cause()));
    write(
        List.of(
                    Long.toString(line.sequence()),
                    TimeText.toInstant(line.timeMicros()).toString(),
                    head.type(),
                    head.processType(),
                    head.pid(),
                    cause,
                    head.traceparent(),
                    head.data())
                .stream()
                .map(CsvExporter::field)
                .collect(Collectors.joining(","))
            + "\r\n");
  }

  private static String field(String value) {
    boolean quoted =
        value.indexOf('"') >= 0
            || value.indexOf(',') >= 0
            || value.indexOf('\n') >= 0
            || value.indexOf('\r') >= 0;
    return quoted ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }

  private void write(String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  void end() throws IOException {
    out.flush();
  }
}
