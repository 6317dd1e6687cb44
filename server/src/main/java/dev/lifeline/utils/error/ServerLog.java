package dev.lifeline.utils.error;

import org.jspecify.annotations.Nullable;

/// The server log. A line is handed over and written by somebody else; nobody waits for it.
public interface ServerLog {
  /// Throws everything away.
  ServerLog NONE = (process, error, statement) -> {};

  /// Logs an error or a message.
  ///
  /// @param process who says it
  /// @param statement the text of the statement that failed, where there is one to be logged
  void report(LogProcess process, PgException message, @Nullable String statement);

  /// Logs a message at level LOG.
  default void log(LogProcess process, String message) {
    report(process, new PgException(Severity.LOG, SqlState.SUCCESSFUL_COMPLETION, message), null);
  }

  /// Who says something: what `log_line_prefix` can tell about it.
  ///
  /// @param backendType as `%b` prints it, e.g. `client backend`
  record LogProcess(
      int pid,
      String backendType,
      @Nullable String user,
      @Nullable String database,
      @Nullable String applicationName,
      @Nullable String remoteHost) {

    public static LogProcess of(int pid, String backendType) {
      return new LogProcess(pid, backendType, null, null, null, null);
    }
  }
}
