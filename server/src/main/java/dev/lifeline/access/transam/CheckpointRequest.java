package dev.lifeline.access.transam;

/// Why a checkpoint is wanted, and whether it may take its time.
///
/// @param immediate write at once; else spread over `checkpoint_completion_target`
/// @param force also when nothing was written since the last one
public record CheckpointRequest(Cause cause, boolean immediate, boolean force) {
  /// What a checkpoint is for. The order is that of PostgreSQL's log line.
  public enum Cause {
    SHUTDOWN("shutdown"),
    END_OF_RECOVERY("end-of-recovery"),
    REQUESTED("requested"),
    WAL("wal"),
    TIME("time");

    private final String word;

    Cause(String word) {
      this.word = word;
    }

    /// As the log line `checkpoint starting: time` has it.
    public String word() {
      return word;
    }
  }

  /// As PostgreSQL's log line `checkpoint starting: ...` says it.
  public String words() {
    StringBuilder words = new StringBuilder();
    switch (cause) {
      case SHUTDOWN, END_OF_RECOVERY -> words.append(cause.word).append(' ');
      case REQUESTED, WAL, TIME -> {}
    }
    if (immediate) {
      words.append("immediate ");
    }
    switch (cause) {
      case REQUESTED -> words.append(force ? "force wait" : "wait");
      case END_OF_RECOVERY -> words.append("wait");
      case WAL, TIME -> words.append(cause.word);
      case SHUTDOWN -> {}
    }
    return words.toString().strip();
  }

  /// The statement CHECKPOINT.
  public static CheckpointRequest requested() {
    return new CheckpointRequest(Cause.REQUESTED, true, true);
  }

  public static CheckpointRequest shutdown() {
    return new CheckpointRequest(Cause.SHUTDOWN, true, true);
  }

  /// `checkpoint_timeout` has passed.
  public static CheckpointRequest timed() {
    return new CheckpointRequest(Cause.TIME, false, false);
  }

  /// `max_wal_size` is about to be reached.
  public static CheckpointRequest walFull() {
    return new CheckpointRequest(Cause.WAL, false, false);
  }
}
