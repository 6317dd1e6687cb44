package dev.lifeline.events.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads journal lines back into envelopes. For one thread: it remembers the subjects that it has
/// seen, because a cluster's events are about few processes.
///
/// A line of a former version of its type becomes the event that it is today.
///
/// It does not look at `chain` and `crc32c`; see [LineFormat] for those.
public final class LineReader {
  private static final JsonFactory JSON = new JsonFactory();
  private static final int SUBJECTS_MAX = 20_000;

  private final Map<String, Subject> subjects = new HashMap<>();

  private long systemIdentifier;
  private long sequence;
  private @Nullable Instant time;
  private @Nullable Subject subject;
  private long cause;
  private @Nullable TraceContext trace;
  private @Nullable EventVersion type;
  private @Nullable LifecycleEvent event;
  private long dropped;
  private @Nullable String dropReason;
  private @Nullable String id;
  private @Nullable String observedServer;
  private @Nullable String logPlace;

  public Envelope read(byte[] line) {
    return read(line, 0, line.length);
  }

  /// Reads one line.
  ///
  /// @throws EventFormatException when it is not an event that this version knows
  public Envelope read(byte[] bytes, int from, int to) {
    clear();
    long micros = LineFormat.timeMicros(bytes, from, to);
    if (micros != Long.MIN_VALUE) {
      time = TimeText.toInstant(micros); // the usual case, at a tenth of Instant.parse's cost
    }
    try (JsonParser in = JSON.createParser(bytes, from, to - from)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new EventFormatException("not a JSON object");
      }
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        attribute(in, name);
      }
      if (in.currentToken() != JsonToken.END_OBJECT) {
        throw new EventFormatException("not a whole JSON object");
      }
    } catch (IOException | IllegalArgumentException | DateTimeException e) {
      throw new EventFormatException("not an event: " + e.getMessage(), e);
    }
    if (time == null || subject == null || event == null || sequence == 0) {
      throw new EventFormatException("not an event: an attribute is missing");
    }
    try {
      return new Envelope(
          systemIdentifier,
          sequence,
          time,
          subject,
          cause,
          trace,
          event,
          dropped,
          dropReason,
          origin());
    } catch (IllegalArgumentException e) {
      throw new EventFormatException("not an event: " + e.getMessage(), e);
    }
  }

  private @Nullable Origin origin() {
    String server = observedServer;
    String place = logPlace;
    if (server == null || place == null) {
      return null;
    }
    String read = id == null ? "" : id.substring(id.indexOf('-') + 1);
    return Origin.of(server, read.equals(Long.toString(sequence)) ? null : read, place);
  }

  private void attribute(JsonParser in, String name) throws IOException {
    switch (name) {
      case "specversion" -> {
        if (!in.getText().equals("1.0")) {
          throw new EventFormatException("unknown CloudEvents version " + in.getText());
        }
      }
      case "id" -> id = in.getText();
      case "observedserver" -> observedServer = in.getText();
      case "logplace" -> logPlace = in.getText();
      case "source" -> systemIdentifier = systemIdentifier(in.getText());
      case "sequence" -> sequence = Long.parseLong(in.getText());
      case "time" -> {
        if (time == null) {
          time = Instant.parse(in.getText());
        }
      }
      case "type" -> type = type(in.getText());
      case "subject" -> subject = subject(in.getText());
      case "cause" -> cause = Long.parseLong(in.getText());
      case "traceparent" -> trace = TraceContext.parse(in.getText());
      case "dropped" -> dropped = in.getLongValue();
      case "dropreason" -> dropReason = in.getText();
      case "data" -> {
        if (type == null) {
          throw new EventFormatException("\"type\" must come before \"data\"");
        }
        event = type.read(in);
      }
      default -> in.skipChildren();
    }
  }

  private static EventVersion type(String name) {
    EventVersion type = EventType.version(name);
    if (type == null) {
      throw new EventFormatException("unknown event type \"" + name + "\"");
    }
    return type;
  }

  private static long systemIdentifier(String source) {
    if (!source.startsWith("lifeline://")) {
      throw new EventFormatException("not a source: \"" + source + "\"");
    }
    return Long.parseUnsignedLong(source, "lifeline://".length(), source.length(), 10);
  }

  private Subject subject(String text) {
    Subject known = subjects.get(text);
    if (known == null) {
      if (subjects.size() >= SUBJECTS_MAX) {
        subjects.clear();
      }
      known = Subject.parse(text);
      subjects.put(text, known);
    }
    return known;
  }

  private void clear() {
    systemIdentifier = 0;
    sequence = 0;
    time = null;
    subject = null;
    cause = 0;
    trace = null;
    type = null;
    event = null;
    dropped = 0;
    dropReason = null;
    id = null;
    observedServer = null;
    logPlace = null;
  }
}
