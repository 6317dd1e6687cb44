package dev.lifeline.utils.activity;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Cumulative counters of the whole cluster since shared memory was made, named as the columns of
/// `pg_stat_database`, `pg_stat_wal` and `pg_stat_bgwriter`. Counted by all event loops, read by
/// the statistics collector; none is exact at an instant, all are exact in the end.
public final class Counters {
  public final LongAdder xactCommit = new LongAdder();
  public final LongAdder xactRollback = new LongAdder();
  public final LongAdder blksRead = new LongAdder();
  public final LongAdder blksHit = new LongAdder();
  public final LongAdder tupReturned = new LongAdder();
  public final LongAdder tupFetched = new LongAdder();
  public final LongAdder tupInserted = new LongAdder();
  public final LongAdder tupUpdated = new LongAdder();
  public final LongAdder tupDeleted = new LongAdder();
  public final LongAdder deadlocks = new LongAdder();
  public final LongAdder walRecords = new LongAdder();
  public final LongAdder walFpi = new LongAdder();
  public final LongAdder walBytes = new LongAdder();
  public final LongAdder walSync = new LongAdder();
  public final LongAdder buffersCheckpoint = new LongAdder();
  public final LongAdder buffersClean = new LongAdder();
  public final LongAdder buffersBackend = new LongAdder();
  public final LongAdder buffersAlloc = new LongAdder();

  private final Map<TableId, TableCounters> tables = new ConcurrentHashMap<>();

  /// A table of a database.
  public record TableId(int databaseOid, int relationOid) {}

  /// The counters of a table; made when they are first asked for.
  public TableCounters table(int databaseOid, int relationOid) {
    return tables.computeIfAbsent(new TableId(databaseOid, relationOid), id -> new TableCounters());
  }

  /// All tables that were counted for.
  public Map<TableId, TableCounters> tables() {
    return Map.copyOf(tables);
  }

  /// The table is gone.
  public void forget(int databaseOid, int relationOid) {
    tables.remove(new TableId(databaseOid, relationOid));
  }
}
