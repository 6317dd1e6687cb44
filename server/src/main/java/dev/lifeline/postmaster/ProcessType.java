package dev.lifeline.postmaster;

import org.jspecify.annotations.Nullable;

/// The processes, each a row: nothing else lists them.
public enum ProcessType {
  POSTMASTER(
      "postmaster",
      "postmaster",
      "accepts connections, forks and supervises all other processes",
      OnExit.IS_THE_SERVER,
      null),
  STARTUP(
      "startup",
      "startup process",
      "brings the data directory to a consistent state, by redo where it must",
      OnExit.ENDS_STARTUP,
      null),
  CHECKPOINTER(
      "checkpointer",
      "checkpointer process",
      "writes all dirty buffers from time to time, so that redo is short",
      OnExit.CRASH_UNLESS_SHUTDOWN,
      "CKPT"),
  BACKGROUND_WRITER(
      "background writer",
      "background writer process",
      "writes dirty buffers ahead of need, so that backends find clean ones",
      OnExit.RESTART,
      "DBWR"),
  WAL_WRITER(
      "walwriter",
      "WAL writer process",
      "flushes WAL in the background, for asynchronous commits",
      OnExit.RESTART,
      "LGWR"),
  AUTOVACUUM_LAUNCHER(
      "autovacuum launcher",
      "autovacuum launcher process",
      "decides which tables need VACUUM or ANALYZE",
      OnExit.RESTART,
      "SMON"),
  AUTOVACUUM_WORKER(
      "autovacuum worker",
      "server process",
      "vacuums and analyzes the tables of one database",
      OnExit.NOTHING,
      null),
  STATS_COLLECTOR(
      "statistics collector",
      "statistics collector process",
      "reports the cumulative statistics at each interval",
      OnExit.RESTART,
      "AWR / statistics views"),
  ARCHIVER(
      "archiver",
      "archiver process",
      "copies finished WAL segments to the archive",
      OnExit.RESTART,
      "ARCH"),
  LOGICAL_REPLICATION_LAUNCHER(
      "logical replication launcher",
      "background worker \"logical replication launcher\"",
      "starts the apply workers of subscriptions",
      OnExit.RESTART,
      "Streams / GoldenGate (APPLY, PROPAGATE)"),
  LOGICAL_REPLICATION_WORKER(
      "logical replication worker",
      "background worker \"logical replication worker\"",
      "applies the changes of a subscription, or copies a table of it",
      OnExit.NOTHING,
      "Streams / GoldenGate (APPLY)"),
  SYSLOGGER(
      "logger", "system logger process", "writes the server log into files", OnExit.RESTART, null),
  WAL_SENDER(
      "walsender",
      "server process",
      "streams the changes of a database to a subscriber",
      OnExit.NOTHING,
      "LGWR network server (LNSn)"),
  CLIENT_BACKEND(
      "client backend", "server process", "serves one client connection", OnExit.NOTHING, null);

  /// What an exit in good order (code 0, or 1 after a FATAL error) means; anything else is a crash.
  public enum OnExit {
    /// The server is gone.
    IS_THE_SERVER,
    /// Code 0: the server can run. Anything else: it cannot start.
    ENDS_STARTUP,
    /// Expected when it has made the shutdown checkpoint, and a crash at any other time.
    CRASH_UNLESS_SHUTDOWN,
    /// Another one is forked while the server runs.
    RESTART,
    /// Its work is done.
    NOTHING
  }

  private final String backendType;
  private final String logName;
  private final String purpose;
  private final OnExit onExit;
  private final @Nullable String oracleCounterpart;

  ProcessType(
      String backendType,
      String logName,
      String purpose,
      OnExit onExit,
      @Nullable String oracleCounterpart) {
    this.backendType = backendType;
    this.logName = logName;
    this.purpose = purpose;
    this.onExit = onExit;
    this.oracleCounterpart = oracleCounterpart;
  }

  /// As `pg_stat_activity.backend_type` and `log_line_prefix`'s `%b` have it.
  public String backendType() {
    return backendType;
  }

  /// As the server log names it: `checkpointer process (PID 12) was terminated by ...`.
  public String logName() {
    return logName;
  }

  public String purpose() {
    return purpose;
  }

  public OnExit onExit() {
    return onExit;
  }

  /// Whether there is one of them at a time, and another one when it has ended.
  public boolean isReplaced() {
    return onExit == OnExit.RESTART || onExit == OnExit.CRASH_UNLESS_SHUTDOWN;
  }

  /// The process of an Oracle instance that does such work; null where there is none.
  public @Nullable String oracleCounterpart() {
    return oracleCounterpart;
  }
}
