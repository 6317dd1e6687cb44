package dev.lifeline.events;

/// Points up to which data files hold everything.
public sealed interface CheckpointEvent extends LifecycleEvent {

  /// What asked for the checkpoint.
  enum Reason {
    TIME,
    WAL,
    REQUESTED,
    SHUTDOWN,
    END_OF_RECOVERY
  }

  record Started(Reason reason, long redoLsn) implements CheckpointEvent {}

  /// The figures of PostgreSQL's `checkpoint complete` line.
  ///
  /// @param recycleMs the time that removing and recycling old segments took
  record Completed(
      Reason reason,
      long checkpointLsn,
      long redoLsn,
      long buffersWritten,
      int walFilesAdded,
      int walFilesRemoved,
      int walFilesRecycled,
      int filesSynced,
      double longestSyncMs,
      double averageSyncMs,
      double writeMs,
      double syncMs,
      double recycleMs,
      double totalMs,
      long distanceBytes,
      long estimateBytes)
      implements CheckpointEvent {}

  /// Nothing had happened since the last one.
  record Skipped(Reason reason, long redoLsn) implements CheckpointEvent {}
}
