package dev.lifeline.events.codec;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// Writes envelopes as journal lines, each chained to the one before. For one thread.
public final class LineWriter {
  private static final byte[] FEED = LineFormat.ascii("\n");
  private static final byte[] SEQUENCE = LineFormat.ascii("\",\"sequence\":\"");
  private static final byte[] TIME = LineFormat.ascii("\",\"time\":\"");
  private static final byte[] SUBJECT = LineFormat.ascii("\",\"subject\":");
  private static final byte[] CAUSE = LineFormat.ascii(",\"cause\":\"");
  private static final byte[] TRACEPARENT = LineFormat.ascii(",\"traceparent\":\"");
  private static final byte[] DROPPED = LineFormat.ascii(",\"dropped\":");
  private static final byte[] DROP_REASON = LineFormat.ascii(",\"dropreason\":");
  private static final byte[] SERVER = LineFormat.ascii(",\"observedserver\":");
  private static final byte[] PLACE = LineFormat.ascii(",\"logplace\":");
  private static final byte[] DATA = LineFormat.ascii(",\"data\":{\"pid\":");
  private static final byte[] BACKEND_TYPE = LineFormat.ascii(",\"backend_type\":");

  /// The constant text of a type's lines.
  private static final class TypeText {
    /// What stands between time and subject.
    final byte[] type;

    /// What stands between the optional attributes and the data.
    final byte[] schema;

    TypeText(EventType eventType, String identifier) {
      type = LineFormat.ascii("\",\"type\":\"" + eventType.name());
      schema =
          LineFormat.ascii(
              ",\"partitionkey\":\""
                  + identifier
                  + "\",\"datacontenttype\":\"application/json\",\"dataschema\":\""
                  + eventType.current().schemaId()
                  + "\"");
    }
  }

  private final Map<EventType, TypeText> typeTexts = new HashMap<>();
  private final TimeText times = new TimeText();
  private final MessageDigest sha256 = LineFormat.sha256();
  private final long systemIdentifier;
  private final byte[] beginning;
  private final byte[] source;
  private byte[] chain;

  /// A writer for one cluster's log.
  ///
  /// @param chain the hash of the line that the next one follows, zeros at the very start
  public LineWriter(long systemIdentifier, byte[] chain) {
    this.systemIdentifier = systemIdentifier;
    this.chain = chain.clone();
    String identifier = Long.toUnsignedString(systemIdentifier);
    beginning = LineFormat.ascii("{\"specversion\":\"1.0\",\"id\":\"" + identifier + "-");
    source = LineFormat.ascii("\",\"source\":\"lifeline://" + identifier);
    for (EventType type : EventType.all()) {
      typeTexts.put(type, new TypeText(type, identifier));
    }
  }

  /// The hash of the last line written.
  public byte[] chain() {
    return chain.clone();
  }

  /// Appends the envelope's line with its line feed.
  public void append(JsonWriter out, Envelope envelope) {
    append(out, envelope, 0);
  }

  /// The same.
  ///
  /// @param durable the log is on disk up to this event by now; 0 where the line does not tell
  public void append(JsonWriter out, Envelope envelope, long durable) {
    if (envelope.systemIdentifier() != systemIdentifier) {
      throw new IllegalArgumentException("event " + envelope.id() + " is of another cluster");
    }
    int start = out.length();
    EventType type = EventType.of(envelope.event());
    TypeText text = typeTexts.get(type);
    if (text == null) {
      throw new IllegalStateException("unlisted type " + type);
    }
    out.raw(beginning);
    Origin origin = envelope.origin();
    String read = origin == null ? null : origin.id();
    if (read == null) {
      out.number(envelope.sequence());
    } else {
      out.ascii(read);
    }
    out.raw(source);
    out.raw(SEQUENCE).padded(envelope.sequence(), 20).raw(TIME);
    times.write(out, envelope.time());
    out.raw(text.type).raw(SUBJECT).string(envelope.subject().toString());
    attributes(out, envelope);
    out.raw(text.schema);
    data(out, type, envelope.subject(), envelope.event());
    if (durable > 0) {
      out.raw(LineFormat.DURABLE_LABEL).padded(durable, 20).raw('"');
    }
    out.raw(LineFormat.CHAIN_LABEL).hex(chain, LineFormat.CHAIN_BYTES).raw('"');
    long crc = LineFormat.crc(out.array(), start, out.length());
    out.raw(LineFormat.CRC_LABEL).hex((int) crc).raw(LineFormat.END);
    chain = LineFormat.hash(sha256, out.array(), start, out.length());
    out.raw(FEED);
  }

  /// Appends the event's `data` object alone, as the CloudEvents binary binding wants it.
  public static void appendData(JsonWriter out, Envelope envelope) {
    int start = out.length();
    data(out, EventType.of(envelope.event()), envelope.subject(), envelope.event());
    int skip = ",\"data\":".length();
    byte[] object = Arrays.copyOfRange(out.array(), start + skip, out.length());
    out.truncate(start);
    out.raw(object);
  }

  private static void attributes(JsonWriter out, Envelope envelope) {
    if (envelope.cause() != 0) {
      out.raw(CAUSE).padded(envelope.cause(), 20).raw('"');
    }
    TraceContext trace = envelope.trace();
    if (trace != null) {
      out.raw(TRACEPARENT).ascii(trace.toString()).raw('"');
    }
    if (envelope.dropped() != 0) {
      // CloudEvents integers have 32 bits.
      out.raw(DROPPED).number(Math.min(envelope.dropped(), Integer.MAX_VALUE));
      String reason = envelope.dropReason();
      out.raw(DROP_REASON).string(reason == null ? "unknown" : reason);
    }
    Origin origin = envelope.origin();
    if (origin != null) {
      out.raw(SERVER).string(origin.server()).raw(PLACE).string(origin.place());
    }
  }

  private static void data(JsonWriter out, EventType type, Subject subject, LifecycleEvent event) {
    out.raw(DATA).number(subject.pid()).raw(BACKEND_TYPE).string(subject.processType());
    type.writeData(out, event);
    out.raw('}');
  }
}
