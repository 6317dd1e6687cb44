package dev.lifeline.tcop;

import dev.lifeline.events.StatementEvent.Phases;
import dev.lifeline.utils.Clock;
import org.jspecify.annotations.Nullable;

/// When a session's current statement was parsed, planned and executed.
///
/// In the extended protocol one execution is brought about by several messages. They belong
/// together until it has ended, or until the session is idle.
final class StatementTimes {
  private final Clock clock;
  private boolean open;
  private long firstNanos;
  private long messageNanos;
  private long parsedNanos;
  private long plannedFromNanos;
  private long plannedNanos;
  private long executeNanos;
  private long executedNanos;

  StatementTimes(Clock clock) {
    this.clock = clock;
  }

  /// A text has arrived, to be parsed.
  void arrived() {
    open = false;
    continued();
  }

  /// A message about a statement that was parsed before, maybe a moment ago, has arrived.
  void continued() {
    messageNanos = clock.nanoTime();
    if (!open) {
      begin(messageNanos);
    }
  }

  private void begin(long nanos) {
    open = true;
    firstNanos = nanos;
    parsedNanos = nanos;
    plannedFromNanos = nanos;
    plannedNanos = nanos;
    executeNanos = 0;
    executedNanos = 0;
  }

  void parsed() {
    parsedNanos = clock.nanoTime();
  }

  /// The next statement of a text that was parsed as a whole.
  void next() {
    if (!open) {
      begin(clock.nanoTime());
    }
  }

  void planning() {
    plannedFromNanos = clock.nanoTime();
  }

  void planned() {
    plannedNanos = clock.nanoTime();
  }

  void executing() {
    executeNanos = clock.nanoTime();
  }

  void executed() {
    executedNanos = clock.nanoTime();
  }

  /// What follows belongs to another execution.
  void ended() {
    open = false;
  }

  /// Since the message arrived that the session works at: what PostgreSQL's log calls duration.
  double durationMs() {
    return (clock.nanoTime() - messageNanos) / 1e6;
  }

  /// Where the time went until now; null where nothing has begun.
  @Nullable Phases phases() {
    if (!open) {
      return null;
    }
    long now = clock.nanoTime();
    boolean began = executeNanos != 0;
    long executed = executedNanos == 0 ? now : executedNanos;
    return new Phases(
        ms(firstNanos, now),
        ms(firstNanos, parsedNanos),
        ms(plannedFromNanos, plannedNanos),
        began ? ms(firstNanos, executeNanos) : 0,
        began ? ms(executeNanos, executed) : 0);
  }

  /// In milliseconds, to the microsecond.
  private static double ms(long fromNanos, long toNanos) {
    return Math.round((toNanos - fromNanos) / 1e3) / 1e3;
  }
}
