package dev.lifeline.observe;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.observe.log.LogFormat;
import dev.lifeline.observe.log.LogReading;
import dev.lifeline.observe.log.LogTime;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.observe.message.Story;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/// What an observation tells, kept in memory.
final class Told {
  static final long CLUSTER = 7_000_000_000_000_000_001L;

  final List<Envelope> events = new ArrayList<>();
  final Story story = new Story();
  final Observation observation;

  Told(boolean redacted) {
    observation =
        new Observation(
            "db",
            null,
            story,
            new Redaction(redacted),
            (subject, event, cause, trace, time, origin) -> {
              long sequence = events.size() + 1L;
              events.add(
                  new Envelope(
                      CLUSTER, sequence, time, subject, cause, trace, event, 0, null, origin));
              return sequence;
            });
  }

  /// A whole file, in chunks of this size.
  Told read(LogFormat format, String file, byte[] bytes, int chunk) {
    LogReading reading = new LogReading(format.parser(new LogTime(ZoneOffset.UTC)), file, 0);
    for (int at = 0; at < bytes.length; at += chunk) {
      reading.chunk(java.util.Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + chunk)));
      for (LogReading.Item item = reading.next(); item != null; item = reading.next()) {
        observation.read(item);
      }
    }
    return this;
  }

  /// The rest of a file.
  void readFrom(LogFormat format, String file, byte[] bytes, int offset) {
    LogReading reading = new LogReading(format.parser(new LogTime(ZoneOffset.UTC)), file, offset);
    reading.chunk(java.util.Arrays.copyOfRange(bytes, offset, bytes.length));
    for (LogReading.Item item = reading.next(); item != null; item = reading.next()) {
      observation.read(item);
    }
  }

  <E extends LifecycleEvent> List<E> of(Class<E> type) {
    return events.stream().map(Envelope::event).filter(type::isInstance).map(type::cast).toList();
  }

  List<String> types() {
    return events.stream().map(e -> EventType.of(e.event()).shortName()).toList();
  }

  /// The types of the events that led to this one, the oldest first.
  List<String> chain(Envelope event) {
    List<String> chain = new ArrayList<>();
    Envelope at = event;
    while (true) {
      chain.addFirst(EventType.of(at.event()).shortName());
      if (at.cause() == 0) {
        return chain;
      }
      at = events.get((int) at.cause() - 1);
    }
  }
}
