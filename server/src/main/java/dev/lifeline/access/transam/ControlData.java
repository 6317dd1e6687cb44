package dev.lifeline.access.transam;

/// The content of the control file.
///
/// @param systemIdentifier names the cluster, made at initdb
/// @param state when it was written
/// @param timeMicros of the last update, since 1970
/// @param checkpointLsn the last checkpoint record
/// @param redoLsn where redo begins
/// @param timeline of the WAL
/// @param nextXid at the checkpoint
/// @param nextRelNumber at the checkpoint
/// @param oldestXid the oldest xid that the clog knows of
/// @param incarnation counts the recoveries, so that WAL from before one is never taken for new
/// @param walSegmentSize in bytes
public record ControlData(
    long systemIdentifier,
    State state,
    long timeMicros,
    long checkpointLsn,
    long redoLsn,
    int timeline,
    long nextXid,
    long nextRelNumber,
    long oldestXid,
    int incarnation,
    int walSegmentSize) {

  /// The states of a cluster, with the words of `pg_controldata`.
  public enum State {
    STARTUP("starting up"),
    SHUT_DOWN("shut down"),
    SHUT_DOWN_IN_RECOVERY("shut down in recovery"),
    SHUTTING_DOWN("shutting down"),
    IN_CRASH_RECOVERY("in crash recovery"),
    IN_ARCHIVE_RECOVERY("in archive recovery"),
    IN_PRODUCTION("in production");

    private final String words;

    State(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }
}
