package dev.lifeline.events;

/// Replay of the write-ahead log.
public sealed interface RecoveryEvent extends LifecycleEvent {

  /// Redo begins.
  ///
  /// @param reason why it is needed: `crash`, or what the control file said
  record Started(String reason, long checkpointLsn, long redoLsn) implements RecoveryEvent {}

  record Progressed(long currentLsn, long records, long replayedBytes, double elapsedMs)
      implements RecoveryEvent {}

  record Completed(
      String reason, long redoLsn, long endLsn, long records, long replayedBytes, double elapsedMs)
      implements RecoveryEvent {}

  /// The cluster had been shut down cleanly.
  record NotRequired(long checkpointLsn) implements RecoveryEvent {}
}
