package dev.lifeline.events.export;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.otlp.SpanProjector;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The log as a trace: the cluster is the trace's process, each of its processes a thread with its
/// life, the spans of the log's projection on it, an instant for each event, arrows from cause to
/// effect, and the statistics as counters.
final class ChromeTraceExporter extends EventExporter {
  private static final JsonFactory JSON = new JsonFactory();
  private static final AttributeKey<Long> SEQUENCE = AttributeKey.longKey("lifeline.sequence");
  private static final AttributeKey<Long> PID = AttributeKey.longKey("lifeline.pid");

  /// How many events an arrow may lie behind its effect.
  private static final int CAUSES_MAX = 100_000;

  private static final int CLUSTER = 1;

  /// Where an arrow can begin.
  private record Place(long micros, int pid) {}

  private record Life(Subject subject, long bornMicros) {}

  private final JsonGenerator out;
  private final LineReader reader = new LineReader();
  private final Map<Integer, Life> alive = new HashMap<>();
  private final Map<Integer, String> named = new HashMap<>();
  private final Map<Long, Place> causes =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Place> eldest) {
          return size() > CAUSES_MAX;
        }
      };
  private @Nullable SpanProjector projector;
  private long lastMicros;

  ChromeTraceExporter(OutputStream stream) throws IOException {
    out = JSON.createGenerator(stream);
    out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    out.writeStartObject();
    out.writeStringField("displayTimeUnit", "ms");
    out.writeArrayFieldStart("traceEvents");
  }

  @Override
  void event(JournalLine line, boolean wanted) throws IOException {
    Envelope envelope;
    try {
      envelope = line.envelope(reader);
    } catch (EventFormatException e) {
      return; // of a version that knows more types
    }
    int pid = envelope.subject().pid();
    lastMicros = line.timeMicros();
    causes.put(envelope.sequence(), new Place(lastMicros, pid));
    SpanProjector spans = projector(envelope);
    for (SpanData span : spans.apply(envelope)) {
      if (wanted) {
        span(span);
      }
    }
    life(envelope, wanted);
    if (wanted) {
      instant(line, envelope);
      arrow(envelope);
      if (envelope.event() instanceof StatsEvent.Reported stats) {
        counters(stats);
      }
    }
  }

  private SpanProjector projector(Envelope envelope) throws IOException {
    SpanProjector current = projector;
    if (current == null) {
      current = new SpanProjector(envelope.systemIdentifier(), Resource.empty());
      projector = current;
      begin("process_name", "M", 0, 0);
      args("name", "cluster " + Long.toUnsignedString(envelope.systemIdentifier()));
      out.writeEndObject();
    }
    return current;
  }

  private void name(Subject subject) throws IOException {
    if (!subject.processType().equals(named.put(subject.pid(), subject.processType()))) {
      begin("thread_name", "M", 0, subject.pid());
      args("name", subject.processType() + " " + subject.pid());
      out.writeEndObject();
    }
  }

  private void life(Envelope envelope, boolean wanted) throws IOException {
    if (envelope.event() instanceof ProcessEvent event) {
      int pid = envelope.subject().pid();
      switch (event) {
        case ProcessEvent.Forked forked -> alive.put(pid, new Life(envelope.subject(), lastMicros));
        case ProcessEvent.Exited exited -> ended(alive.remove(pid), wanted);
        case ProcessEvent.Crashed crashed -> ended(alive.remove(pid), wanted);
        case ProcessEvent.Lost lost -> ended(alive.remove(pid), wanted);
        case ProcessEvent.Ready ready -> {}
        case ProcessEvent.Restarted restarted -> {}
        case ProcessEvent.Terminated terminated -> {}
      }
    }
  }

  private void ended(@Nullable Life life, boolean wanted) throws IOException {
    if (life != null && wanted) {
      name(life.subject);
      begin(life.subject.processType(), "X", life.bornMicros, life.subject.pid());
      out.writeNumberField("dur", lastMicros - life.bornMicros);
      out.writeStringField("cat", "process");
      out.writeEndObject();
    }
  }

  private void span(SpanData span) throws IOException {
    Long pid = span.getAttributes().get(PID);
    Long sequence = span.getAttributes().get(SEQUENCE);
    begin(span.getName(), "X", span.getStartEpochNanos() / 1000, pid == null ? 0 : pid.intValue());
    out.writeNumberField("dur", (span.getEndEpochNanos() - span.getStartEpochNanos()) / 1000.0);
    out.writeStringField("cat", "span");
    out.writeObjectFieldStart("args");
    out.writeStringField("trace_id", span.getTraceId());
    if (sequence != null) {
      out.writeNumberField("sequence", sequence);
    }
    if (span.getStatus().getStatusCode() == StatusCode.ERROR) {
      out.writeStringField("error", span.getStatus().getDescription());
    }
    for (var attribute : span.getAttributes().asMap().entrySet()) {
      String key = attribute.getKey().getKey();
      if (!key.startsWith("lifeline.") || key.equals("lifeline.lock")) {
        out.writeStringField(key, attribute.getValue().toString());
      }
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private void instant(JournalLine line, Envelope envelope) throws IOException {
    name(envelope.subject());
    EventType type = EventType.of(envelope.event());
    begin(type.shortName(), "i", lastMicros, envelope.subject().pid());
    out.writeStringField("s", "t");
    out.writeStringField("cat", type.family());
    out.writeObjectFieldStart("args");
    out.writeNumberField("sequence", envelope.sequence());
    if (envelope.cause() != 0) {
      out.writeNumberField("cause", envelope.cause());
    }
    out.writeFieldName("data");
    out.writeRawValue(EventHead.of(line).data());
    out.writeEndObject();
    out.writeEndObject();
  }

  private void arrow(Envelope envelope) throws IOException {
    Place cause = envelope.cause() == 0 ? null : causes.get(envelope.cause());
    if (cause != null) {
      begin("cause", "s", cause.micros, cause.pid);
      out.writeStringField("cat", "cause");
      out.writeNumberField("id", envelope.sequence());
      out.writeEndObject();
      begin("cause", "f", lastMicros, envelope.subject().pid());
      out.writeStringField("cat", "cause");
      out.writeStringField("bp", "e");
      out.writeNumberField("id", envelope.sequence());
      out.writeEndObject();
    }
  }

  private void counters(StatsEvent.Reported stats) throws IOException {
    double seconds = Math.max(stats.intervalMs(), 1) / 1000;
    counter("transactions/s", (stats.xactCommit() + stats.xactRollback()) / seconds);
    counter("WAL bytes/s", stats.walBytes() / seconds);
    counter("buffers allocated/s", stats.buffersAlloc() / seconds);
    counter("connections", stats.numbackends());
  }

  private void counter(String name, double value) throws IOException {
    begin(name, "C", lastMicros, 0);
    out.writeObjectFieldStart("args");
    out.writeNumberField("value", value);
    out.writeEndObject();
    out.writeEndObject();
  }

  private void begin(String name, String phase, long micros, int thread) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", name);
    out.writeStringField("ph", phase);
    out.writeNumberField("ts", micros);
    out.writeNumberField("pid", CLUSTER);
    out.writeNumberField("tid", thread);
  }

  private void args(String key, String value) throws IOException {
    out.writeObjectFieldStart("args");
    out.writeStringField(key, value);
    out.writeEndObject();
  }

  @Override
  void end() throws IOException {
    for (Life life : alive.values()) {
      ended(life, true);
    }
    out.writeEndArray();
    out.writeEndObject();
    out.close();
  }
}
