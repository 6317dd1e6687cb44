package dev.lifeline.access.transam;

/// What others see of a recovery.
public final class ReplayControl {
  private volatile boolean inRecovery;
  private volatile long replayedLsn;
  private volatile long lastXactMicros;

  void begin() {
    inRecovery = true;
  }

  void end() {
    inRecovery = false;
  }

  void replayed(long endLsn) {
    replayedLsn = endLsn;
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
    return replayedLsn;
  }

  /// When the last transaction that was repeated ended; 0 where none was.
  public long lastXactMicros() {
    return lastXactMicros;
  }
}
