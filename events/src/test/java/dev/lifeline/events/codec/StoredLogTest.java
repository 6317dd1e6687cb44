package dev.lifeline.events.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.export.EventRow;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalRange;
import dev.lifeline.events.journal.JournalReader;
import dev.lifeline.events.journal.JournalScan;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.journal.VerifyReport;
import dev.lifeline.events.state.ClusterState;
import dev.lifeline.events.state.WalState;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// A log that a server wrote when every type was in its first version, read today: the second run
/// of a server that had been killed, as it lay on the disk on 2026-11-23. Nobody writes it anew.
class StoredLogTest {
  private static final long FIRST = 904;
  private static final int EVENTS = 145;
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private static Path log() throws Exception {
    URL file =
        StoredLogTest.class.getResource("/stored-v1/" + "%020d".formatted(FIRST) + ".ndjson");
    assertNotNull(file);
    return Objects.requireNonNull(Path.of(file.toURI()).getParent());
  }

  private static List<JournalLine> lines() throws Exception {
    return JournalReader.of(log()).read(FIRST, Integer.MAX_VALUE);
  }

  private static String typeOf(JournalLine line) throws Exception {
    return MAPPER.readTree(line.bytes()).get("type").asText();
  }

  @Test
  void itIsStillWholeAndOfFirstVersions() throws Exception {
    VerifyReport report = JournalVerifier.verify(log());
    assertTrue(report.intact(), report::toString);
    assertEquals(EVENTS, report.lines());
    for (JournalLine line : lines()) {
      assertTrue(typeOf(line).endsWith(".v1"), line::toString);
    }
  }

  @Test
  void everyLineIsAnEventOfToday() throws Exception {
    LineReader reader = new LineReader();
    List<Envelope> recovery = new ArrayList<>();
    Set<String> raised = new TreeSet<>();
    for (JournalLine line : lines()) {
      Envelope envelope = line.envelope(reader);
      EventType type = EventType.of(envelope.event());
      assertEquals(type.shortName(), EventType.shortName(typeOf(line)));
      if (type.current().number() > 1) {
        raised.add(type.shortName());
        recovery.add(envelope);
      }
    }
    assertEquals(Set.of("recovery.completed", "recovery.started"), raised);
    assertEquals(
        new RecoveryEvent.Started(RecoveryEvent.Reason.CRASH, 0x12699D8, 0x12699D8),
        recovery.get(0).event());
    assertEquals(
        new RecoveryEvent.Completed(
            RecoveryEvent.Reason.CRASH, 0x12699D8, 0x12D4C98, 4465, 438_976, 215.003),
        recovery.get(1).event());
  }

  @Test
  void whatEachReasonMeantIsToldAsFarAsItIsKnown() throws Exception {
    JournalLine stored =
        lines().stream()
            .filter(line -> line.toString().contains("recovery.started"))
            .toList()
            .getFirst();
    assertEquals(RecoveryEvent.Reason.CRASH, reason(stored.toString()));
    assertEquals(
        RecoveryEvent.Reason.ARCHIVE,
        reason(stored.toString().replace("\"crash\"", "\"archive\"")));
    for (String other : List.of("recovery", "", "in production")) {
      assertEquals(
          RecoveryEvent.Reason.UNKNOWN,
          reason(stored.toString().replace("\"crash\"", '"' + other + '"')));
    }
    // It is the version that says how a line is to be read.
    String asToday =
        stored.toString().replace("\"crash\"", "\"recovery\"").replace("started.v1", "started.v2");
    assertThrows(EventFormatException.class, () -> reason(asToday));
    String asTomorrow = stored.toString().replace("started.v1", "started.v3");
    assertThrows(EventFormatException.class, () -> reason(asTomorrow));
  }

  private static RecoveryEvent.Reason reason(String line) {
    Envelope envelope = new LineReader().read(line.getBytes(StandardCharsets.UTF_8));
    return assertInstanceOf(RecoveryEvent.Started.class, envelope.event()).reason();
  }

  @Test
  void whatIsWrittenTodayIsOfTheNewVersion() {
    RecoveryEvent today = new RecoveryEvent.Started(RecoveryEvent.Reason.ARCHIVE, 1, 2);
    assertEquals("dev.lifeline.recovery.started.v2", EventType.of(today).name());
    assertEquals(
        List.of("dev.lifeline.recovery.started.v1", "dev.lifeline.recovery.started.v2"),
        EventType.of(today).versions().stream().map(EventVersion::name).toList());
  }

  @Test
  void theFoldAndTheTableReadIt() throws Exception {
    JournalReader reader = JournalReader.of(log());
    long started = 0;
    for (JournalLine line : lines()) {
      EventRow row = EventRow.of(line);
      if (row.name().equals("recovery.started")) {
        started = row.sequence();
        assertEquals("dev.lifeline.recovery.started.v1", row.type());
      }
    }
    WalState.Recovery running = reader.stateAt(started).wal().recovery();
    assertNotNull(running);
    assertEquals("crash", running.reason());
    ClusterState last = reader.fold(ClusterState.EMPTY, Long.MAX_VALUE);
    assertEquals(FIRST + EVENTS - 1, last.sequence());
    assertEquals(1, last.count(RecoveryEvent.Completed.class));
  }

  /// Who asks for events by their short name asks for all versions.
  @Test
  void whoLooksForATypeFindsItsOldVersions() throws Exception {
    List<String> names = EventType.namesOf("recovery.started");
    JournalRange range = new JournalRange(1, Long.MAX_VALUE, Long.MIN_VALUE, Long.MAX_VALUE, names);
    try (JournalScan scan = JournalReader.of(log()).scan(range)) {
      List<String> found = new ArrayList<>();
      while (!scan.atEnd()) {
        for (JournalLine line : scan.next(100)) {
          found.add(typeOf(line));
        }
      }
      assertEquals(List.of("dev.lifeline.recovery.started.v1"), found);
    }
    assertEquals(List.of(), EventType.namesOf("recovery.dreamt"));
  }

  @Test
  void bothSchemasStayAndEachFitsItsOwn() throws Exception {
    JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    for (JournalLine line : lines()) {
      JsonNode event = MAPPER.readTree(line.bytes());
      EventVersion version = EventType.version(event.get("type").asText());
      assertNotNull(version, line::toString);
      assertEquals(version.schemaId(), event.get("dataschema").asText());
      assertEquals(Set.of(), schema(schemas, version).validate(event.get("data")), line::toString);
    }
    JsonNode old =
        MAPPER.readTree(
            "{\"pid\":1,\"backend_type\":\"startup\",\"reason\":\"recovery\","
                + "\"checkpoint_lsn\":\"0/1\",\"redo_lsn\":\"0/2\"}");
    EventType type = EventType.of(RecoveryEvent.Started.class);
    assertEquals(Set.of(), schema(schemas, type.versions().getFirst()).validate(old));
    assertFalse(schema(schemas, type.current()).validate(old).isEmpty());
  }

  private static JsonSchema schema(JsonSchemaFactory schemas, EventVersion version)
      throws Exception {
    try (InputStream in = StoredLogTest.class.getResourceAsStream(version.schemaResource())) {
      assertNotNull(in, version.schemaResource());
      return schemas.getSchema(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }
}
