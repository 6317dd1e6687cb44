package dev.lifeline.utils.activity;

import java.util.concurrent.atomic.AtomicLong;

/// What `pg_stat_user_tables` knows of one table, and what autovacuum decides by. Rows of a
/// transaction that is rolled back count as changed all the same: they are dead rows to remove.
public final class TableCounters {
  private final AtomicLong inserted = new AtomicLong();
  private final AtomicLong updated = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();
  private final AtomicLong dead = new AtomicLong();
  private final AtomicLong modifiedSinceAnalyze = new AtomicLong();
  private volatile long lastVacuumMicros;
  private volatile long lastAnalyzeMicros;

  /// A statement has changed the table.
  public void changed(long rowsInserted, long rowsUpdated, long rowsDeleted) {
    if (rowsInserted != 0) {
      inserted.addAndGet(rowsInserted);
    }
    if (rowsUpdated != 0) {
      updated.addAndGet(rowsUpdated);
    }
    if (rowsDeleted != 0) {
      deleted.addAndGet(rowsDeleted);
    }
    long nowDead = rowsUpdated + rowsDeleted;
    if (nowDead != 0) {
      dead.addAndGet(nowDead);
    }
    modifiedSinceAnalyze.addAndGet(rowsInserted + nowDead);
  }

  /// A vacuum has ended.
  ///
  /// @param stillDead tuples that it could not remove yet
  public void vacuumed(long stillDead, long nowMicros) {
    dead.set(stillDead);
    lastVacuumMicros = nowMicros;
  }

  /// An analyze has ended.
  public void analyzed(long nowMicros) {
    modifiedSinceAnalyze.set(0);
    lastAnalyzeMicros = nowMicros;
  }

  public long inserted() {
    return inserted.get();
  }

  public long updated() {
    return updated.get();
  }

  public long deleted() {
    return deleted.get();
  }

  public long dead() {
    return dead.get();
  }

  public long modifiedSinceAnalyze() {
    return modifiedSinceAnalyze.get();
  }

  /// Microseconds since the epoch; 0: never.
  public long lastVacuumMicros() {
    return lastVacuumMicros;
  }

  /// Microseconds since the epoch; 0: never.
  public long lastAnalyzeMicros() {
    return lastAnalyzeMicros;
  }
}
