package dev.lifeline.events.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.TimeText;
import dev.lifeline.events.journal.Journal;
import dev.lifeline.events.journal.JournalConfig;
import dev.lifeline.events.journal.JournalReader;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
  private static final Subject POSTMASTER = new Subject("postmaster", 1);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 2);
  private static final Subject BACKEND = new Subject("client backend", 3);
  private static final Instant START = Instant.parse("2026-11-22T21:00:00Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path dir;
  private JournalReader log;

  /// One event each second.
  @BeforeEach
  void write() throws Exception {
    AtomicLong seconds = new AtomicLong(-1); // the journal looks at the clock when it is opened
    JournalConfig config =
        JournalConfig.of(5).withClock(() -> START.plusSeconds(seconds.getAndIncrement()));
    try (Journal journal = Journal.open(dir, config)) {
      journal.emit(POSTMASTER, new PostmasterEvent.Started("1", "15", "/d", 9));
      long forked = journal.emit(CHECKPOINTER, new ProcessEvent.Forked(1), 1, null);
      journal.emit(BACKEND, new ProcessEvent.Forked(1), 1, null);
      journal.emit(
          CHECKPOINTER, new CheckpointEvent.Started(CheckpointEvent.Reason.TIME, 64), forked, null);
      journal.emit(CHECKPOINTER, new ProcessEvent.Exited(0, 3000), forked, null);
      RandomEvents random = new RandomEvents(1);
      for (EventType type : EventType.all()) {
        journal.emit(new Subject("walwriter", 4), random.event(type.eventClass()));
      }
    }
    log = JournalReader.of(dir.resolve(Journal.DIRECTORY));
  }

  private String export(ExportFormat format, EventFilter filter, long from, long to)
      throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    EventExporter.of(format, out).export(log, filter, from, to);
    return out.toString(StandardCharsets.UTF_8);
  }

  private List<Long> sequences(EventFilter filter) throws Exception {
    List<Long> sequences = new ArrayList<>();
    for (String line : export(ExportFormat.CLOUDEVENTS, filter, 1, 5).lines().toList()) {
      sequences.add(JSON.readTree(line).get("sequence").asLong());
    }
    return sequences;
  }

  private static EventFilter types(String... types) {
    return new EventFilter(
        Stream.of(types).map(EventFilter::type).toList(), List.of(), List.of(), null, null, null);
  }

  @Test
  void aFilterAdmitsWhatItNames() throws Exception {
    assertEquals(List.of(1L, 2L, 3L, 4L, 5L), sequences(EventFilter.ALL));
    assertEquals(List.of(2L, 3L, 5L), sequences(types("process.*")));
    assertEquals(List.of(1L, 4L), sequences(types("*.started")));
    assertEquals(List.of(4L), sequences(types("checkpoint.started")));
    assertEquals(List.of(), sequences(types("checkpoint")));
    List<Pattern> noTypes = List.of();
    List<String> none = List.of();
    assertEquals(
        List.of(2L, 4L, 5L),
        sequences(new EventFilter(noTypes, List.of("checkpointer"), List.of(), null, null, null)));
    assertEquals(
        List.of(1L, 3L),
        sequences(new EventFilter(noTypes, none, List.of(1, 3), null, null, null)));
    assertEquals(
        List.of(2L, 3L),
        sequences(
            new EventFilter(
                noTypes, none, List.of(), START.plusSeconds(1), START.plusSeconds(2), null)));
    assertEquals(
        List.of(4L),
        sequences(
            new EventFilter(
                noTypes, none, List.of(), null, null, Pattern.compile("time\",.*0/40"))));
  }

  @Test
  void cloudEventsAreTheLinesOfTheLog() throws Exception {
    StringBuilder expected = new StringBuilder();
    log.read(1, Integer.MAX_VALUE).forEach(line -> expected.append(line).append('\n'));

    assertEquals(
        expected.toString(), export(ExportFormat.CLOUDEVENTS, EventFilter.ALL, 1, Long.MAX_VALUE));
  }

  @Test
  void csvQuotesWhatItMust() throws Exception {
    assertEquals(
        """
        sequence,time,type,backend_type,pid,cause,traceparent,data\r
        4,2026-11-22T21:00:03Z,dev.lifeline.checkpoint.started.v1,checkpointer,2,2,,\
        "{""pid"":2,""backend_type"":""checkpointer"",""reason"":""time"",""redo_lsn"":""0/40""}"\r
        5,2026-11-22T21:00:04Z,dev.lifeline.process.exited.v1,checkpointer,2,2,,\
        "{""pid"":2,""backend_type"":""checkpointer"",""exit_code"":0,""uptime_ms"":3000}"\r
        """,
        export(ExportFormat.CSV, EventFilter.ALL, 4, 5));
  }

  private List<JsonNode> trace(String phase) throws Exception {
    JsonNode trace = JSON.readTree(export(ExportFormat.CHROME, EventFilter.ALL, 1, Long.MAX_VALUE));
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode event : trace.get("traceEvents")) {
      if (event.get("ph").asText().equals(phase)) {
        found.add(event);
      }
    }
    return found;
  }

  @Test
  void aTraceHasAnInstantForEachEvent() throws Exception {
    List<String> expected = new ArrayList<>();
    for (var line : log.read(1, Integer.MAX_VALUE)) {
      JsonNode event = JSON.readTree(line.bytes());
      String type = event.get("type").asText();
      expected.add(
          event.get("sequence").asLong()
              + " "
              + type.substring("dev.lifeline.".length(), type.length() - ".v1".length())
              + " "
              + line.timeMicros()
              + " "
              + event.at("/data/pid").asInt());
    }
    List<String> actual =
        trace("i").stream()
            .map(event ->
                event.at("/args/sequence").asLong()
                    + " "
                    + event.get("name").asText()
                    + " "
                    + event.get("ts").asLong()
                    + " "
                    + event.get("tid").asInt())
            .toList();
    assertEquals(expected, actual);
  }

  @Test
  void aTraceShowsLivesCausesAndCounters() throws Exception {
    long start = TimeText.toMicros(START);
    JsonNode life =
        trace("X").stream()
            .filter(slice -> slice.get("cat").asText().equals("process"))
            .findFirst()
            .orElseThrow();
    assertEquals("checkpointer", life.get("name").asText());
    assertEquals(start + 1_000_000, life.get("ts").asLong());
    assertEquals(3_000_000, life.get("dur").asLong());
    assertEquals(2, life.get("tid").asInt());
    List<JsonNode> begins = trace("s");
    List<JsonNode> ends = trace("f");
    assertEquals(4, begins.size());
    assertEquals(start + 1_000_000, begins.get(2).get("ts").asLong());
    assertEquals(2, begins.get(2).get("tid").asInt());
    assertEquals(start + 3_000_000, ends.get(2).get("ts").asLong());
    assertEquals(begins.get(2).get("id"), ends.get(2).get("id"));
    assertEquals(4, trace("C").size());
    assertTrue(
        trace("M").stream()
            .anyMatch(name -> name.at("/args/name").asText().equals("checkpointer 2")));
  }
}
