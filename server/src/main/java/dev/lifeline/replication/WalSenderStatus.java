package dev.lifeline.replication;

/// What a WAL sender shows of itself. Written by it, read by all.
public final class WalSenderStatus {
  private volatile String state = "startup";
  private volatile long sentLsn;
  private volatile long writeLsn;
  private volatile long flushLsn;
  private volatile long applyLsn;
  private volatile long replyTime;
  private volatile boolean terminated;

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

  /// In microseconds since 1970; 0 before the first reply.
  public long replyTime() {
    return replyTime;
  }

  /// Its slot is taken from it.
  void terminate() {
    terminated = true;
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
}
