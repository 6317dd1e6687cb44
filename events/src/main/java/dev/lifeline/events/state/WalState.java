package dev.lifeline.events.state;

import dev.lifeline.events.CheckpointEvent;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Where the write-ahead log, its checkpoints and its replay stand.
///
/// @param flushLsn everything before it is on disk
/// @param insertLsn the end of what was written, as far as the log knows
/// @param walFile the segment that is being written
/// @param lastArchived the last segment that was archived
/// @param checkpointRunning the checkpoint under way, when there is one
/// @param lastCheckpoint the last that was completed
/// @param recovery the replay under way, when there is one
public record WalState(
    long flushLsn,
    long insertLsn,
    @Nullable String walFile,
    @Nullable String lastArchived,
    @Nullable RunningCheckpoint checkpointRunning,
    @Nullable Checkpoint lastCheckpoint,
    @Nullable Recovery recovery) {

  static final WalState NONE = new WalState(0, 0, null, null, null, null, null);

  /// A checkpoint that began.
  public record RunningCheckpoint(CheckpointEvent.Reason reason, Instant since, long redoLsn) {}

  /// A checkpoint that is complete.
  public record Checkpoint(
      CheckpointEvent.Reason reason,
      Instant completedAt,
      long checkpointLsn,
      long redoLsn,
      long buffersWritten,
      double totalMs) {}

  /// A replay.
  public record Recovery(
      String reason, Instant since, long redoLsn, long currentLsn, long records) {}

  WalState withFlush(long lsn) {
    return new WalState(
        lsn,
        Math.max(lsn, insertLsn),
        walFile,
        lastArchived,
        checkpointRunning,
        lastCheckpoint,
        recovery);
  }

  WalState withInsert(long lsn) {
    return new WalState(
        flushLsn, lsn, walFile, lastArchived, checkpointRunning, lastCheckpoint, recovery);
  }

  WalState withWalFile(String file) {
    return new WalState(
        flushLsn, insertLsn, file, lastArchived, checkpointRunning, lastCheckpoint, recovery);
  }

  WalState withArchived(String file) {
    return new WalState(
        flushLsn, insertLsn, walFile, file, checkpointRunning, lastCheckpoint, recovery);
  }

  WalState withCheckpoint(@Nullable RunningCheckpoint running, @Nullable Checkpoint last) {
    return new WalState(flushLsn, insertLsn, walFile, lastArchived, running, last, recovery);
  }

  WalState withRecovery(@Nullable Recovery running) {
    return new WalState(
        flushLsn, insertLsn, walFile, lastArchived, checkpointRunning, lastCheckpoint, running);
  }
}
