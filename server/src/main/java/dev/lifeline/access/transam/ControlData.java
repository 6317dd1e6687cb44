package dev.lifeline.access.transam;

/// The content of the control file.
///
/// @param systemIdentifier names the cluster, made at initdb
/// @param state when it was written
/// @param timeMicros when the state was written, since 1970; in an archive recovery when the
///   checkpoint was made that it begins with, which is what can be told of it
/// @param checkpointLsn the last checkpoint record
/// @param redoLsn where redo begins
/// @param timeline of the WAL
/// @param nextXid at the checkpoint
/// @param nextRelNumber at the checkpoint
/// @param nextOid at the checkpoint
/// @param oldestXid the oldest xid that the clog knows of
/// @param incarnation counts the recoveries, so that WAL from before one is never taken for new
/// @param walSegmentSize in bytes
/// @param recovery how far the next recovery must come at least
public record ControlData(
    long systemIdentifier,
    State state,
    long timeMicros,
    long checkpointLsn,
    long redoLsn,
    int timeline,
    long nextXid,
    long nextRelNumber,
    int nextOid,
    long oldestXid,
    int incarnation,
    int walSegmentSize,
    RecoveryBound recovery) {

  /// A cluster that any recovery makes whole.
  ControlData(
      long systemIdentifier,
      State state,
      long timeMicros,
      long checkpointLsn,
      long redoLsn,
      int timeline,
      long nextXid,
      long nextRelNumber,
      int nextOid,
      long oldestXid,
      int incarnation,
      int walSegmentSize) {
    this(
        systemIdentifier,
        state,
        timeMicros,
        checkpointLsn,
        redoLsn,
        timeline,
        nextXid,
        nextRelNumber,
        nextOid,
        oldestXid,
        incarnation,
        walSegmentSize,
        RecoveryBound.NONE);
  }

  /// How far the WAL must be repeated before the data are consistent.
  ///
  /// @param minLsn what the pages on the disk may depend on
  /// @param minTimeline the timeline of that point
  /// @param backupStartLsn where a base backup began whose end was not met yet; 0 for none
  /// @param backupEndRequired whether the record of that end must be met
  public record RecoveryBound(
      long minLsn, int minTimeline, long backupStartLsn, boolean backupEndRequired) {
    public static final RecoveryBound NONE = new RecoveryBound(0, 0, 0, false);

    RecoveryBound reaching(long lsn, int timeline) {
      return new RecoveryBound(lsn, timeline, backupStartLsn, backupEndRequired);
    }
  }

  /// The name of the segment that redo would begin with.
  String redoSegment() {
    return WalFormat.segmentName(timeline, redoLsn, walSegmentSize);
  }

  /// The states of a cluster, with the words of `pg_controldata`.
  public enum State {
    STARTUP(0, "starting up"),
    SHUT_DOWN(1, "shut down"),
    SHUT_DOWN_IN_RECOVERY(2, "shut down in recovery"),
    SHUTTING_DOWN(3, "shutting down"),
    IN_CRASH_RECOVERY(4, "in crash recovery"),
    IN_ARCHIVE_RECOVERY(5, "in archive recovery"),
    IN_PRODUCTION(6, "in production");

    private final int number;
    private final String words;

    State(int number, String words) {
      this.number = number;
      this.words = words;
    }

    /// How the control file calls it.
    int number() {
      return number;
    }

    public String words() {
      return words;
    }
  }

  ControlData withState(State newState, long nowMicros) {
    return new ControlData(
        systemIdentifier,
        newState,
        nowMicros,
        checkpointLsn,
        redoLsn,
        timeline,
        nextXid,
        nextRelNumber,
        nextOid,
        oldestXid,
        incarnation,
        walSegmentSize,
        recovery);
  }

  ControlData withRecovery(RecoveryBound bound) {
    return new ControlData(
        systemIdentifier,
        state,
        timeMicros,
        checkpointLsn,
        redoLsn,
        timeline,
        nextXid,
        nextRelNumber,
        nextOid,
        oldestXid,
        incarnation,
        walSegmentSize,
        bound);
  }

  /// Recovery begins at a checkpoint whose content is not known yet.
  ControlData startingAt(long lsn, int ofTimeline) {
    return new ControlData(
        systemIdentifier,
        state,
        timeMicros,
        lsn,
        lsn,
        ofTimeline,
        nextXid,
        nextRelNumber,
        nextOid,
        oldestXid,
        incarnation,
        walSegmentSize,
        recovery);
  }

  /// The content of that checkpoint.
  ControlData startingFrom(CheckpointRecord checkpoint) {
    return withCheckpoint(checkpointLsn, checkpoint);
  }

  /// Recovery begins at this checkpoint.
  ControlData withCheckpoint(long lsn, CheckpointRecord checkpoint) {
    return new ControlData(
        systemIdentifier,
        state,
        timeMicros,
        lsn,
        checkpoint.redoLsn(),
        checkpoint.timeline(),
        checkpoint.nextXid(),
        checkpoint.nextRelNumber(),
        checkpoint.nextOid(),
        checkpoint.oldestXid(),
        incarnation,
        walSegmentSize,
        recovery);
  }

  ControlData withIncarnation(int newIncarnation) {
    return new ControlData(
        systemIdentifier,
        state,
        timeMicros,
        checkpointLsn,
        redoLsn,
        timeline,
        nextXid,
        nextRelNumber,
        nextOid,
        oldestXid,
        newIncarnation,
        walSegmentSize,
        recovery);
  }
}
