package dev.lifeline.events;

/// Replay of the write-ahead log.
public sealed interface RecoveryEvent extends LifecycleEvent {

  /// Why there is something to redo.
  enum Reason {
    /// The cluster was not shut down, whether it was killed or one of its processes crashed.
    CRASH,
    /// A base backup, an archive or another server is where the WAL comes from.
    ARCHIVE,
    /// Told by a log of before the two were told apart.
    UNKNOWN
  }

  /// Redo begins.
  record Started(Reason reason, long checkpointLsn, long redoLsn) implements RecoveryEvent {}

  record Progressed(long currentLsn, long records, long replayedBytes, double elapsedMs)
      implements RecoveryEvent {}

  record Completed(
      Reason reason, long redoLsn, long endLsn, long records, long replayedBytes, double elapsedMs)
      implements RecoveryEvent {}

  /// A recovery from the archive came to where it was to stop.
  ///
  /// @param target which target that is
  /// @param action what happens now: `pause`, `promote` or `shutdown`
  record TargetReached(String target, long endLsn, String action) implements RecoveryEvent {}

  /// A recovery has ended on a timeline of its own, which begins at `switchLsn`.
  ///
  /// @param reason as the timeline's history file has it
  record TimelineSwitched(int fromTimeline, int toTimeline, long switchLsn, String reason)
      implements RecoveryEvent {}

  /// Whoever paused the recovery, or looked at it, lets it end.
  record Promoted(long endLsn) implements RecoveryEvent {}

  /// The cluster had been shut down cleanly.
  record NotRequired(long checkpointLsn) implements RecoveryEvent {}
}
