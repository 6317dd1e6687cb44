package dev.lifeline.postmaster;

import java.util.function.LongSupplier;

/// Holds back a process that ends as soon as it has begun: an archiver whose command is not to be
/// found is started once in ten seconds, as in PostgreSQL, and not as fast as the machine can.
final class RestartInterval {
  static final long INTERVAL_MS = 10_000;

  private static final long NOT_NOW = -1;

  private final LongSupplier nanoTime;
  private boolean started;
  private long lastNanos;
  private boolean waiting;

  RestartInterval(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /// Somebody wants to start the process.
  ///
  /// @return 0: it is started now. A number of milliseconds: when to try again. Negative: somebody
  ///   waits for that already
  long start() {
    long now = nanoTime.getAsLong();
    long left = started ? INTERVAL_MS - (now - lastNanos) / 1_000_000 : 0;
    if (left > 0) {
      if (waiting) {
        return NOT_NOW;
      }
      waiting = true;
      return left;
    }
    started = true;
    lastNanos = now;
    return 0;
  }

  /// A new start of all, with which it begins at once like the others.
  void forget() {
    started = false;
  }

  /// The time is over.
  void waited() {
    waiting = false;
  }
}
