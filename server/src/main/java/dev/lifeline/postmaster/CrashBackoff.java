package dev.lifeline.postmaster;

import java.util.function.LongSupplier;

/// How long the postmaster waits before it starts anew after a crash. PostgreSQL never waits: where
/// the same statement kills the server again and again, it spends its days in redo, and whoever is
/// connected is thrown out several times a second. Here so many crashes in a row are followed at
/// once; after that each waits twice as long as the one before it, until the server has run for a
/// while without one.
final class CrashBackoff {
  /// So many crashes in a row are followed by a start at once.
  static final int AT_ONCE_MAX = 10;

  static final long DELAY_MS_FIRST = 500;
  static final long DELAY_MS_MAX = 30_000;

  /// A server that has run for so long is over its trouble.
  static final long STEADY_NANOS = 60_000_000_000L;

  private final LongSupplier nanoTime;
  private long runningSince;
  private int crashes;

  CrashBackoff(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.runningSince = nanoTime.getAsLong();
  }

  /// Sessions are accepted from now on.
  void running() {
    runningSince = nanoTime.getAsLong();
  }

  /// The cluster has crashed.
  void crashed() {
    if (nanoTime.getAsLong() - runningSince >= STEADY_NANOS) {
      crashes = 0;
    }
    crashes++;
  }

  /// Crashes in a row until now.
  int crashes() {
    return crashes;
  }

  /// How long to wait before the next start.
  long delayMs() {
    int waited = crashes - AT_ONCE_MAX;
    if (waited <= 0) {
      return 0;
    }
    return Math.min(DELAY_MS_MAX, DELAY_MS_FIRST << Math.min(waited - 1, 10));
  }
}
