package dev.lifeline.utils.activity;

import java.util.concurrent.atomic.LongAdder;

/// What `pg_stat_database` tells of one database.
public final class DatabaseCounters {
  public final LongAdder xactCommit = new LongAdder();
  public final LongAdder xactRollback = new LongAdder();
  public final LongAdder tupReturned = new LongAdder();
  public final LongAdder tupFetched = new LongAdder();
  public final LongAdder tupInserted = new LongAdder();
  public final LongAdder tupUpdated = new LongAdder();
  public final LongAdder tupDeleted = new LongAdder();
  public final LongAdder tempFiles = new LongAdder();
  public final LongAdder tempBytes = new LongAdder();
  public final LongAdder deadlocks = new LongAdder();

  /// In microseconds, like the two below.
  public final LongAdder sessionTime = new LongAdder();

  public final LongAdder activeTime = new LongAdder();
  public final LongAdder idleInTransactionTime = new LongAdder();
  public final LongAdder sessions = new LongAdder();
  public final LongAdder sessionsAbandoned = new LongAdder();
  public final LongAdder sessionsFatal = new LongAdder();
  public final LongAdder sessionsKilled = new LongAdder();

  /// Blocks of files that are gone; those of the others are in [Counters#blocks].
  final LongAdder blocksFetched = new LongAdder();

  final LongAdder blocksRead = new LongAdder();

  private volatile long resetMicros;

  /// When the counters were last set to zero, in microseconds since the epoch; 0: never.
  public long resetMicros() {
    return resetMicros;
  }

  void reset(long micros) {
    resetMicros = micros;
  }
}
