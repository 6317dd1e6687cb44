package dev.lifeline.observe.log;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One record of the server's log, named as the keys of `jsonlog`.
///
/// `sessionId` and `lineNum` identify it for ever. Absent columns are null, never empty.
public record LogRecord(
    Instant timestamp,
    @Nullable String user,
    @Nullable String dbname,
    int pid,
    @Nullable String remoteHost,
    @Nullable Integer remotePort,
    String sessionId,
    long lineNum,
    String errorSeverity,
    @Nullable String stateCode,
    String message,
    @Nullable String detail,
    @Nullable String hint,
    @Nullable String context,
    @Nullable String statement,
    @Nullable String applicationName,
    String backendType,
    long queryId) {

  /// The end of the id of the event that the record becomes.
  public String id() {
    return sessionId + "-" + lineNum;
  }

  /// When the process began, to the second; it is the first half of the session's id.
  public Instant sessionStart() {
    int dot = sessionId.indexOf('.');
    return dot < 1 ? timestamp : Instant.ofEpochSecond(Long.parseLong(sessionId, 0, dot, 16));
  }
}
