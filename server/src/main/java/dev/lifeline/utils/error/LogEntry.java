package dev.lifeline.utils.error;

import org.jspecify.annotations.Nullable;

/// A message as it goes into the server log: what is true at that instant of who says it.
///
/// @param line which one of its process's messages it is, from 1
/// @param statement what the client has sent, where it is to be logged
/// @param cursorPosition where in the statement, in characters from 1; 0: nowhere
public record LogEntry(
    long timeMicros,
    LogProcess process,
    long line,
    String display,
    long xid,
    String virtualXid,
    long queryId,
    PgException message,
    @Nullable String statement,
    int cursorPosition,
    LogVerbosity verbosity) {

  /// Takes down what a process says now.
  public static LogEntry of(
      long nowMicros,
      LogProcess process,
      PgException message,
      @Nullable String statement,
      int cursorPosition,
      LogVerbosity verbosity) {
    LogProcess.Activity activity = process.activity();
    return new LogEntry(
        nowMicros,
        process,
        process.nextMessage(),
        activity.display(),
        activity.xid(),
        activity.virtualXid(),
        activity.queryId(),
        message,
        statement,
        cursorPosition,
        verbosity);
  }

  /// Names a session in all formats: its start and its pid, in hexadecimal.
  String sessionId() {
    return Long.toHexString(process.startMicros() / 1_000_000)
        + "."
        + Integer.toHexString(process.pid());
  }

  boolean terse() {
    return verbosity == LogVerbosity.TERSE;
  }
}
