package dev.lifeline.utils.activity;

import java.util.List;
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
  public final LongAdder checksumFailures = new LongAdder();

  /// In microseconds, like the two below.
  public final LongAdder sessionTime = new LongAdder();

  public final LongAdder activeTime = new LongAdder();
  public final LongAdder idleInTransactionTime = new LongAdder();
  public final LongAdder sessions = new LongAdder();
  public final LongAdder sessionsAbandoned = new LongAdder();
  public final LongAdder sessionsFatal = new LongAdder();
  public final LongAdder sessionsKilled = new LongAdder();

  /// Trace contexts of clients that name no trace. Told on the event log, not kept over a restart.
  public final LongAdder traceContextsMalformed = new LongAdder();

  /// What `pg_stat_statements` tells.
  public final StatementStatistics statements = new StatementStatistics();

  /// Blocks of files that are gone; those of the others are in [Counters#blocks].
  final LongAdder blocksFetched = new LongAdder();

  final LongAdder blocksRead = new LongAdder();

  private volatile long resetMicros;
  private volatile long checksumLastFailureMicros;

  /// When a page was last found damaged, in microseconds since the epoch; 0: never.
  public long checksumLastFailureMicros() {
    return checksumLastFailureMicros;
  }

  /// A page was found damaged.
  void countChecksumFailure(long nowMicros) {
    checksumFailures.increment();
    checksumLastFailureMicros = nowMicros;
  }

  /// When the counters were last set to zero, in microseconds since the epoch; 0: never.
  public long resetMicros() {
    return resetMicros;
  }

  /// All that is kept over a restart, in a fixed order.
  List<LongAdder> all() {
    return List.of(
        xactCommit,
        xactRollback,
        tupReturned,
        tupFetched,
        tupInserted,
        tupUpdated,
        tupDeleted,
        tempFiles,
        tempBytes,
        deadlocks,
        checksumFailures,
        sessionTime,
        activeTime,
        idleInTransactionTime,
        sessions,
        sessionsAbandoned,
        sessionsFatal,
        sessionsKilled,
        blocksFetched,
        blocksRead);
  }

  /// Sets all of them to zero.
  void reset(long nowMicros) {
    all().forEach(LongAdder::reset);
    checksumLastFailureMicros = 0;
    resetMicros = nowMicros;
  }

  /// Something of the database was set to zero.
  void resetAt(long nowMicros) {
    resetMicros = nowMicros;
  }

  void restore(long reset, long checksumLastFailure) {
    resetMicros = reset;
    checksumLastFailureMicros = checksumLastFailure;
  }
}
