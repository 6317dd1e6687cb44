package dev.lifeline.events.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import dev.lifeline.events.RandomEvents;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// The schemas in the jar are generated from the records and checked in, so that a change of an
/// event is seen in a review. `-Dlifeline.schemas.write=true` writes them anew.
class EventSchemaTest {
  private static final Path RESOURCES = Path.of("src/main/resources");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /// Of all types all versions.
  private static List<EventVersion> versions() {
    return EventType.all().stream().flatMap(type -> type.versions().stream()).toList();
  }

  private static String pretty(EventVersion type) throws Exception {
    JsonNode schema = MAPPER.readTree(type.schema());
    return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(schema) + "\n";
  }

  private static String inJar(EventVersion type) throws Exception {
    try (InputStream in = EventType.class.getResourceAsStream(type.schemaResource())) {
      assertNotNull(in, type.schemaResource());
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String eventName(EventType type) {
    String[] parts = type.name().split("\\.", -1);
    return parts[3];
  }

  @Test
  void thoseInTheJarAreThoseOfTheRecords() throws Exception {
    if (Boolean.getBoolean("lifeline.schemas.write")) {
      Path folder = RESOURCES.resolve("schemas");
      Files.createDirectories(folder);
      for (EventVersion type : versions()) {
        Files.writeString(folder.resolve(type.name() + ".json"), pretty(type));
      }
      return;
    }
    for (EventVersion type : versions()) {
      assertEquals(pretty(type), inJar(type), type.name());
    }
  }

  @Test
  void everyEventIsValidAndADamagedOneIsNot() throws Exception {
    JsonSchemaFactory schemas = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012);
    RandomEvents random = new RandomEvents(6);
    JsonWriter out = new JsonWriter();
    for (EventType type : EventType.all()) {
      JsonSchema schema = schemas.getSchema(inJar(type.current()));
      for (int round = 0; round < 20; round++) {
        out.truncate(0);
        LineWriter.appendData(out, random.envelope(1, 1, random.event(type.eventClass())));
        JsonNode data = MAPPER.readTree(out.toByteArray());
        assertEquals(Set.of(), schema.validate(data), () -> type + " " + data);
        for (JsonNode required : schema.getSchemaNode().get("required")) {
          ObjectNode damaged = data.deepCopy();
          damaged.putObject(required.asText()).put("not", "this");
          assertFalse(schema.validate(damaged).isEmpty(), () -> type + " " + damaged);
          damaged.remove(required.asText());
          assertFalse(schema.validate(damaged).isEmpty(), () -> type + " " + damaged);
        }
      }
    }
  }

  @Test
  void theFamiliesAreThoseOfTheSpecification() {
    List<String> expected =
        List.of(
            "annotation: added",
            "bgwriter: round_completed",
            "buffer: evicted_dirty",
            "checkpoint: completed, skipped, started",
            "connection: authenticated, authorized, closed, received, rejected, secured",
            "fault: injected",
            "lock: acquired, deadlock_detected, wait_cancelled, waiting",
            "observer: attached, detached, gap_detected",
            "postmaster: config_loaded, config_reloaded, listening,"
                + " shared_memory_initialized, shutdown_requested, started, state_changed, stopped",
            "process: crashed, exited, forked, lost, ready, restarted, terminated",
            "recovery: completed, not_required, progressed, promoted, started, target_reached, timeline_switched",
            "replication: apply_failed, apply_progressed, sender_started, sender_stopped,"
                + " slot_created, slot_dropped, subscription_started",
            "server: logged",
            "statement: completed, failed",
            "stats: reported",
            "transaction: committed, prepared, rolled_back",
            "vacuum: analyze_completed, cancelled, completed, started, worker_launched",
            "wal: archive_failed, flushed, segment_archived, segment_recycled, segment_restored, segment_switched");
    Set<String> families = new TreeSet<>();
    EventType.all().forEach(type -> families.add(type.family()));
    List<String> actual =
        families.stream()
            .map(family ->
                family
                    + ": "
                    + String.join(
                        ", ",
                        EventType.all().stream()
                            .filter(type -> type.family().equals(family))
                            .map(type -> eventName(type))
                            .sorted()
                            .toList()))
            .toList();
    assertEquals(expected, actual);
  }
}
