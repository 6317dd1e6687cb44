package dev.lifeline.replication;

import dev.lifeline.events.Lsn;

/// What a WAL sender shows of itself. Written by it, read by all.
public final class WalSenderStatus {
  private volatile String state = "startup";
  private volatile long sentLsn;
  private volatile long writeLsn;
  private volatile long flushLsn;
  private volatile long applyLsn;
  private volatile long replyTime;
  private volatile boolean terminated;
  private volatile Runnable onTerminate = () -> {};
  private volatile long writeLagNanos = LagTracker.UNKNOWN;
  private volatile long flushLagNanos = LagTracker.UNKNOWN;
  private volatile long applyLagNanos = LagTracker.UNKNOWN;

  /// Whether the last reply told that everything is applied.
  private boolean wasDone;

  public String state() {
    return state;
  }

  void state(String newState) {
    state = newState;
  }

  public long sentLsn() {
    return sentLsn;
  }

  void sent(long lsn) {
    sentLsn = lsn;
  }

  public long writeLsn() {
    return writeLsn;
  }

  public long flushLsn() {
    return flushLsn;
  }

  public long applyLsn() {
    return applyLsn;
  }

  /// Up to where the client has everything: for good, where it says that.
  long confirmedLsn() {
    return flushLsn != Lsn.INVALID ? flushLsn : writeLsn;
  }

  /// In microseconds since 1970; 0 before the first reply.
  public long replyTime() {
    return replyTime;
  }

  /// Its slot is taken from it.
  void terminate() {
    terminated = true;
    onTerminate.run();
  }

  /// What makes the sender look, from any thread.
  void onTerminate(Runnable action) {
    onTerminate = action;
  }

  boolean isTerminated() {
    return terminated;
  }

  void replied(long write, long flush, long apply, long epochMicros) {
    writeLsn = write;
    flushLsn = flush;
    applyLsn = apply;
    replyTime = epochMicros;
  }

  /// How long ago what the client has written last was sent, in nanoseconds; negative where that is
  /// not known, as of a client that has had nothing to do for a while.
  public long writeLagNanos() {
    return writeLagNanos;
  }

  public long flushLagNanos() {
    return flushLagNanos;
  }

  public long applyLagNanos() {
    return applyLagNanos;
  }

  /// Measures by what [#replied] was told. A lag that cannot be measured anew stays, until two
  /// replies in a row tell that there is nothing left to do.
  void lags(LagTracker tracker, long nowNanos) {
    boolean done = applyLsn == sentLsn && flushLsn == sentLsn;
    boolean forget = done && wasDone;
    wasDone = done;
    long write = tracker.write.reached(writeLsn, nowNanos);
    long flush = tracker.flush.reached(flushLsn, nowNanos);
    long apply = tracker.apply.reached(applyLsn, nowNanos);
    if (write >= 0 || forget) {
      writeLagNanos = write;
    }
    if (flush >= 0 || forget) {
      flushLagNanos = flush;
    }
    if (apply >= 0 || forget) {
      applyLagNanos = apply;
    }
  }
}
