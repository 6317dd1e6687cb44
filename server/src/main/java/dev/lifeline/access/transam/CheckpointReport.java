package dev.lifeline.access.transam;

import dev.lifeline.events.CheckpointEvent;
import java.util.Locale;

/// The numbers of PostgreSQL's log line `checkpoint complete: ...`.
///
/// @param skipped nothing had happened since the last checkpoint
/// @param sharedBuffers size of the pool, for the percentage
/// @param distance bytes of WAL since the checkpoint before
/// @param estimate of the distance to the next one
public record CheckpointReport(
    CheckpointRequest.Cause cause,
    boolean skipped,
    long redoLsn,
    long checkpointLsn,
    int buffersWritten,
    int sharedBuffers,
    int segmentsAdded,
    int segmentsRemoved,
    int segmentsRecycled,
    double writeSeconds,
    double syncSeconds,
    double totalSeconds,
    int syncedFiles,
    double longestSyncSeconds,
    double averageSyncSeconds,
    long distance,
    long estimate) {

  /// What the event log has of it.
  ///
  /// @param logMs how long what came after the syncs took
  CheckpointEvent.Completed event(CheckpointEvent.Reason reason, double logMs) {
    return new CheckpointEvent.Completed(
        reason,
        checkpointLsn,
        redoLsn,
        buffersWritten,
        segmentsAdded,
        segmentsRemoved,
        segmentsRecycled,
        syncedFiles,
        longestSyncSeconds * 1e3,
        averageSyncSeconds * 1e3,
        writeSeconds * 1e3,
        syncSeconds * 1e3,
        logMs,
        totalSeconds * 1e3,
        distance,
        estimate);
  }

  /// PostgreSQL's log line.
  ///
  /// @param what `checkpoint` or `restartpoint`
  public String message(String what) {
    return String.format(
        Locale.ROOT,
        "%s complete: wrote %d buffers (%.1f%%); %d WAL file(s) added, %d removed, %d"
            + " recycled; write=%.3f s, sync=%.3f s, total=%.3f s; sync files=%d, longest=%.3f s,"
            + " average=%.3f s; distance=%d kB, estimate=%d kB",
        what,
        buffersWritten,
        buffersWritten * 100.0 / sharedBuffers,
        segmentsAdded,
        segmentsRemoved,
        segmentsRecycled,
        writeSeconds,
        syncSeconds,
        totalSeconds,
        syncedFiles,
        longestSyncSeconds,
        averageSyncSeconds,
        distance / 1024,
        estimate / 1024);
  }
}
