package dev.lifeline.access.transam;

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

  /// PostgreSQL's log line.
  public String message() {
    return String.format(
        java.util.Locale.ROOT,
        "checkpoint complete: wrote %d buffers (%.1f%%); %d WAL file(s) added, %d removed, %d"
            + " recycled; write=%.3f s, sync=%.3f s, total=%.3f s; sync files=%d, longest=%.3f s,"
            + " average=%.3f s; distance=%d kB, estimate=%d kB",
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
