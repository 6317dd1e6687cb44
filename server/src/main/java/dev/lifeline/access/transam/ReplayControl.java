package dev.lifeline.access.transam;

import java.util.concurrent.atomic.AtomicLong;

/// What others see of a recovery.
public final class ReplayControl {
  private volatile boolean inRecovery;

  /// Set after each record, which who asks need not know of at once: no fence for each.
  private final AtomicLong replayedLsn = new AtomicLong();

  private volatile long lastXactMicros;

  void begin() {
    inRecovery = true;
  }

  void end() {
    inRecovery = false;
  }

  void replayed(long endLsn) {
    replayedLsn.setRelease(endLsn);
  }

  void transactionEnded(long micros) {
    lastXactMicros = micros;
  }

  /// `pg_is_in_recovery`: nothing can be written.
  public boolean isInRecovery() {
    return inRecovery;
  }

  /// Where the last record that was repeated ends; 0 where none was.
  public long replayedLsn() {
    return replayedLsn.getAcquire();
  }

  /// When the last transaction that was repeated ended; 0 where none was.
  public long lastXactMicros() {
    return lastXactMicros;
  }
}
