package dev.lifeline.sim;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Emitter;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.state.ClusterState;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// The event log in the simulator: the same envelopes and the same fold as the journal's, in
/// memory. It is as durable as the journal: the end that was not synced goes with the power, and
/// what its writer had not taken yet goes with the process.
final class SimEventLog implements Emitter {
  /// The journal's longest wait before an fsync.
  private static final long SYNC_NANOS_MAX = 100_000_000;

  private static final long WRITE_NANOS_MAX = 2_000_000;

  private final SimScheduler scheduler;
  private final long systemIdentifier;
  private final Trace trace;
  private final List<Envelope> envelopes = new ArrayList<>();
  private final List<Long> emittedNanos = new ArrayList<>();
  private ClusterState state = ClusterState.EMPTY;

  SimEventLog(SimScheduler scheduler, long systemIdentifier, Trace trace) {
    this.scheduler = scheduler;
    this.systemIdentifier = systemIdentifier;
    this.trace = trace;
  }

  @Override
  public long emit(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext context) {
    long sequence = envelopes.size() + 1L;
    Envelope envelope =
        new Envelope(
            systemIdentifier,
            sequence,
            Instant.EPOCH.plus(scheduler.epochMicros(), ChronoUnit.MICROS),
            subject,
            cause,
            context,
            event);
    envelopes.add(envelope);
    emittedNanos.add(scheduler.nanoTime());
    state = state.apply(envelope);
    trace.tell(() -> "event " + sequence + " " + subject + " " + event);
    return sequence;
  }

  /// What the events tell of the cluster.
  ClusterState state() {
    return state;
  }

  /// The events from a sequence on.
  List<Envelope> from(long sequence) {
    return envelopes.subList((int) sequence - 1, envelopes.size());
  }

  /// The server dies: the end of the log that was not safe is gone, down to any place.
  void cut(Random random, boolean powerLost) {
    long safeAge = powerLost ? SYNC_NANOS_MAX : WRITE_NANOS_MAX;
    int safe = envelopes.size();
    while (safe > 0
        && scheduler.nanoTime() - emittedNanos.get(safe - 1) < safeAge
        && !(powerLost && mustBeDurable(envelopes.get(safe - 1).event()) && old(safe - 1))) {
      safe--;
    }
    int kept = safe + random.nextInt(envelopes.size() - safe + 1);
    while (envelopes.size() > kept) {
      envelopes.removeLast();
      emittedNanos.removeLast();
    }
    state = ClusterState.EMPTY;
    envelopes.forEach(envelope -> state = state.apply(envelope));
  }

  /// The journal syncs such an event as soon as its writer sees it.
  private static boolean mustBeDurable(LifecycleEvent event) {
    return event instanceof PostmasterEvent
        || event instanceof RecoveryEvent
        || event instanceof ProcessEvent.Crashed
        || event instanceof CheckpointEvent.Completed;
  }

  private boolean old(int index) {
    return scheduler.nanoTime() - emittedNanos.get(index) >= 5 * WRITE_NANOS_MAX;
  }
}
