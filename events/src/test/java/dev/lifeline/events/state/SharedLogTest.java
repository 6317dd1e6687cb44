package dev.lifeline.events.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineFormat;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.codec.LineWriter;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The fold over a log that is checked in, with the states along it. The page's fold is tested over
/// the same files (`dashboard-web/web/src/core/fold.test.ts`), so both give the same.
///
/// The log has every type of event, with any values, on few pids, so that they meet each other in
/// every order. `-Dlifeline.sharedlog.write=true` writes the files anew.
class SharedLogTest {
  private static final String FOLDER = "shared-log";
  private static final Path RESOURCES = Path.of("src/test/resources").resolve(FOLDER);
  private static final int EVENTS = 1200;

  /// A state is checked in for every so many events.
  private static final int STRIDE = 6;

  /// More than what is added up exactly in a double, or an LSN that is none.
  private static final Pattern TOO_LARGE =
      Pattern.compile("[:\\[]-?[0-9]{11,}|:-|\"[0-9A-F]{6,}/[0-9A-F]+\"");

  private static List<String> lines(String file) throws Exception {
    try (InputStream in = SharedLogTest.class.getResourceAsStream("/" + FOLDER + "/" + file)) {
      assertNotNull(in, file);
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  @Test
  void theStatesAreThoseThatAreCheckedIn() throws Exception {
    if (Boolean.getBoolean("lifeline.sharedlog.write")) {
      write();
      return;
    }
    List<String> events = lines("events.ndjson");
    List<String> states = lines("states.ndjson");
    assertEquals(EVENTS, events.size());
    assertEquals(EVENTS / STRIDE, states.size());
    ClusterState state = ClusterState.EMPTY;
    LineReader reader = new LineReader();
    for (int i = 0; i < EVENTS; i++) {
      state = state.apply(reader.read(events.get(i).getBytes(StandardCharsets.UTF_8)));
      if ((i + 1) % STRIDE == 0) {
        assertEquals(states.get(i / STRIDE), json(state), "after event " + (i + 1));
      }
    }
  }

  private static String json(ClusterState state) {
    return new String(state.toJson(), StandardCharsets.UTF_8);
  }

  private static void write() throws Exception {
    SplittableRandom random = new SplittableRandom(9);
    RandomEvents values = new RandomEvents(9);
    List<EventType> types = EventType.all();
    List<String> events = new ArrayList<>();
    List<String> states = new ArrayList<>();
    ClusterState state = ClusterState.EMPTY;
    Instant time = Instant.parse("2026-11-22T18:00:00Z");
    LineWriter writer = new LineWriter(42, new byte[LineFormat.CHAIN_BYTES]);
    JsonWriter out = new JsonWriter();
    while (events.size() < EVENTS) {
      int sequence = events.size() + 1;
      time = time.plusNanos(1000L * random.nextInt(2_000_000));
      // Half of the events are births: without them, most of the others would find nobody.
      EventType type =
          random.nextInt(4) == 0 ? EventType.of(new ProcessEvent.Forked(1)) : pick(types, random);
      boolean postmaster = type.family().equals("postmaster");
      Subject subject =
          postmaster
              ? new Subject("postmaster", 1)
              : new Subject("client backend", 2 + random.nextInt(6));
      Envelope any = values.envelope(42, sequence, values.event(type.eventClass()));
      Envelope envelope =
          new Envelope(
              42,
              sequence,
              time,
              subject,
              any.cause(),
              any.trace(),
              any.event(),
              any.dropped(),
              any.dropReason());
      out.truncate(0);
      LineWriter.appendData(out, envelope);
      String data = new String(out.array(), 0, out.length(), StandardCharsets.UTF_8);
      boolean rare = type.name().contains("postmaster.st") && random.nextInt(4) > 0;
      if (rare || TOO_LARGE.matcher(data).find()) {
        continue;
      }
      out.truncate(0);
      writer.append(out, envelope);
      events.add(new String(out.array(), 0, out.length(), StandardCharsets.UTF_8).strip());
      state = state.apply(envelope);
      if (sequence % STRIDE == 0) {
        states.add(json(state));
      }
    }
    Files.createDirectories(RESOURCES);
    Files.writeString(RESOURCES.resolve("events.ndjson"), String.join("\n", events) + "\n");
    Files.writeString(RESOURCES.resolve("states.ndjson"), String.join("\n", states) + "\n");
  }

  private static EventType pick(List<EventType> types, SplittableRandom random) {
    return types.get(random.nextInt(types.size()));
  }
}
