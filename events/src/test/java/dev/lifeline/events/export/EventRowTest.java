package dev.lifeline.events.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineWriter;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventRowTest {
  @TempDir private Path dir;

  /// Each type once: a row has what the envelope had, and an LSN where the type has one.
  @Test
  void aRowIsTheEnvelope() throws Exception {
    RandomEvents random = new RandomEvents(3);
    List<Envelope> written = new ArrayList<>();
    LineWriter writer = new LineWriter(42, new byte[16]);
    JsonWriter out = new JsonWriter();
    for (EventType type : EventType.all()) {
      Envelope envelope = random.envelope(42, written.size() + 1, random.event(type.eventClass()));
      written.add(envelope);
      writer.append(out, envelope);
    }
    Path directory = Files.createDirectory(dir.resolve(Journal.DIRECTORY));
    Files.write(directory.resolve("0".repeat(19) + "1.ndjson"), out.toByteArray());
    List<JournalLine> lines = JournalReader.of(directory).read(1, Integer.MAX_VALUE);
    assertEquals(written.size(), lines.size());
    for (int i = 0; i < written.size(); i++) {
      check(written.get(i), EventRow.of(lines.get(i)));
    }
  }

  private static void check(Envelope envelope, EventRow row) throws Exception {
    EventType type = EventType.of(envelope.event());
    assertEquals(envelope.sequence(), row.sequence());
    assertEquals(TimeText.toMicros(envelope.time()), row.timeMicros());
    assertEquals(type.name(), row.type());
    assertEquals(type.shortName(), row.name());
    assertEquals(envelope.subject().processType(), row.backendType());
    assertEquals(envelope.subject().pid(), row.pid());
    assertEquals(envelope.cause() == 0 ? null : Long.valueOf(envelope.cause()), row.cause());
    assertEquals(envelope.trace() == null ? null : envelope.trace().toString(), row.traceparent());
    assertEquals(envelope.dropped(), row.dropped());
    assertEquals(
        envelope.subject().pid(), new ObjectMapper().readTree(row.data()).get("pid").asInt());
    if (envelope.event() instanceof TransactionEvent.Committed committed) {
      assertEquals(committed.xid(), row.xid());
      assertEquals(committed.commitLsn(), row.lsn());
    }
    boolean hasLsn =
        Arrays.stream(type.eventClass().getRecordComponents())
            .anyMatch(component -> component.getName().endsWith("Lsn"));
    if (hasLsn) {
      assertNotNull(row.lsn(), type.name());
    }
  }
}
