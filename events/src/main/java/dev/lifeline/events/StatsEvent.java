package dev.lifeline.events;

import org.jspecify.annotations.Nullable;

/// What the charts draw.
public sealed interface StatsEvent extends LifecycleEvent {

  /// Counters of the whole cluster over the last interval, named as in `pg_stat_database`,
  /// `pg_stat_wal` and `pg_stat_bgwriter`. `numbackends` and the two WAL positions are the state at
  /// its end.
  ///
  /// @param buffersDirty pages in the buffer pool that are yet to be written; absent from logs of
  ///   before it was counted
  /// @param traceContextsMalformed what clients gave as a W3C trace context and is none, which is
  ///   ignored; absent from logs of before it was counted, and where nobody counts it
  record Reported(
      double intervalMs,
      int numbackends,
      int numbackendsActive,
      long xactCommit,
      long xactRollback,
      long blksRead,
      long blksHit,
      long tupReturned,
      long tupFetched,
      long tupInserted,
      long tupUpdated,
      long tupDeleted,
      long deadlocks,
      long walRecords,
      long walFpi,
      long walBytes,
      long walSync,
      long buffersCheckpoint,
      long buffersClean,
      long buffersBackend,
      long buffersAlloc,
      long walInsertLsn,
      long walFlushLsn,
      @Nullable Long buffersDirty,
      @Nullable Long traceContextsMalformed)
      implements StatsEvent {}
}
