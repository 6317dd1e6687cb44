package dev.lifeline.events.testing;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps every event in memory, in order, for a test to look at. Any thread may emit.
public final class RecordingEmitter implements Emitter {
  private static final long SYSTEM_IDENTIFIER = 7_000_000_000_000_000_001L;

  private final InstantSource time;
  private final List<Envelope> envelopes = new ArrayList<>(); // guarded by itself

  public RecordingEmitter() {
    this(InstantSource.system());
  }

  /// @param time what the events are stamped with, for tests in virtual time
  public RecordingEmitter(InstantSource time) {
    this.time = time;
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    synchronized (envelopes) {
      long sequence = envelopes.size() + 1L;
      envelopes.add(
          new Envelope(SYSTEM_IDENTIFIER, sequence, time.instant(), subject, cause, trace, event));
      return sequence;
    }
  }

  /// What was emitted so far, oldest first.
  public List<Envelope> envelopes() {
    synchronized (envelopes) {
      return List.copyOf(envelopes);
    }
  }

  /// The events of one class or family, oldest first.
  public <E extends LifecycleEvent> List<E> events(Class<E> type) {
    return envelopes().stream()
        .map(Envelope::event)
        .filter(type::isInstance)
        .map(type::cast)
        .toList();
  }

  /// Forgets what was emitted; sequences start again at 1.
  public void clear() {
    synchronized (envelopes) {
      envelopes.clear();
    }
  }
}
