package dev.lifeline.events.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lifeline.events.Lsn;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.journal.JournalLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An event as the row of a table. Types that this version does not know are rows as well as any
/// other.
///
/// @param type the CloudEvents `type`
/// @param name the type without prefix and version, `wal.flushed`
/// @param backendType of the process that it happened to
/// @param xid the transaction, where the event is about one
/// @param lsn where in the WAL it happened, where it tells
/// @param cause the event that caused it, null for a root cause
/// @param dropped how many events before it could not be kept
/// @param data the data's JSON, as it is written
public record EventRow(
    long sequence,
    long timeMicros,
    String type,
    String name,
    String backendType,
    int pid,
    @Nullable Long xid,
    @Nullable Long lsn,
    @Nullable Long cause,
    @Nullable String traceparent,
    long dropped,
    String data) {
  private static final JsonFactory JSON = new JsonFactory();

  /// Which of a type's LSNs is where it happened.
  private static final Map<String, String> LSN_MEMBERS =
      Map.ofEntries(
          Map.entry("transaction.committed", "commit_lsn"),
          Map.entry("transaction.prepared", "prepare_lsn"),
          Map.entry("wal.flushed", "end_lsn"),
          Map.entry("wal.segment_switched", "start_lsn"),
          Map.entry("checkpoint.started", "redo_lsn"),
          Map.entry("checkpoint.skipped", "redo_lsn"),
          Map.entry("checkpoint.completed", "checkpoint_lsn"),
          Map.entry("recovery.not_required", "checkpoint_lsn"),
          Map.entry("recovery.started", "redo_lsn"),
          Map.entry("recovery.progressed", "current_lsn"),
          Map.entry("recovery.completed", "end_lsn"),
          Map.entry("recovery.target_reached", "end_lsn"),
          Map.entry("recovery.timeline_switched", "switch_lsn"),
          Map.entry("recovery.promoted", "end_lsn"),
          Map.entry("replication.slot_created", "restart_lsn"),
          Map.entry("replication.sender_started", "start_lsn"),
          Map.entry("replication.sender_stopped", "sent_lsn"),
          Map.entry("replication.subscription_started", "start_lsn"),
          Map.entry("replication.apply_progressed", "received_lsn"),
          Map.entry("replication.apply_failed", "remote_lsn"),
          Map.entry("stats.reported", "wal_insert_lsn"));

  /// Reads a line.
  ///
  /// @throws EventFormatException when it is not one
  public static EventRow of(JournalLine line) {
    Map<String, String> head = new HashMap<>();
    Map<String, String> data = new HashMap<>();
    String json = "{}";
    try (JsonParser in = JSON.createParser(line.bytes())) {
      in.nextToken();
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        if (in.nextToken() == JsonToken.START_OBJECT) {
          int from = (int) in.currentTokenLocation().getByteOffset();
          members(in, data);
          int to = (int) in.currentLocation().getByteOffset();
          json = new String(line.bytes(), from, to - from, StandardCharsets.UTF_8);
        } else {
          head.put(name, in.getText());
        }
      }
    } catch (IOException e) {
      throw new EventFormatException("not a journal line: " + e.getMessage(), e);
    }
    return row(line, head, data, json);
  }

  /// The texts of an object's own values.
  private static void members(JsonParser in, Map<String, String> into) throws IOException {
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      if (in.nextToken().isScalarValue()) {
        into.put(name, in.getText());
      } else {
        in.skipChildren();
      }
    }
  }

  private static EventRow row(
      JournalLine line, Map<String, String> head, Map<String, String> data, String json) {
    String type = head.getOrDefault("type", "");
    String name = EventType.shortName(type);
    String subject = head.getOrDefault("subject", "/0");
    int slash = subject.lastIndexOf('/');
    String lsn = data.get(LSN_MEMBERS.getOrDefault(name, ""));
    Long dropped = number(head.get("dropped"));
    return new EventRow(
        line.sequence(),
        line.timeMicros(),
        type,
        name,
        subject.substring(0, Math.max(0, slash)),
        Integer.parseInt(subject, slash + 1, subject.length(), 10),
        number(data.get("xid")),
        lsn == null ? null : Lsn.parse(lsn),
        number(head.get("cause")),
        head.get("traceparent"),
        dropped == null ? 0 : dropped,
        json);
  }

  private static @Nullable Long number(@Nullable String text) {
    return text == null ? null : Long.valueOf(text);
  }
}
