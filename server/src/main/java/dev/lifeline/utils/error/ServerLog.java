package dev.lifeline.utils.error;

import org.jspecify.annotations.Nullable;

/// The server log. A line is handed over and written by somebody else; nobody waits for it.
public interface ServerLog {
  /// Throws everything away.
  ServerLog NONE = (process, error, statement) -> {};

  /// Logs an error or a message, where `log_min_messages` of the server asks for it.
  ///
  /// @param process who says it
  /// @param statement the text of the statement that failed, where there is one to be logged
  void report(LogProcess process, PgException message, @Nullable String statement);

  /// Logs what a session's own settings have let through.
  default void write(LogEntry entry) {
    report(entry.process(), entry.message(), entry.statement());
  }

  /// Logs a message at level LOG.
  default void log(LogProcess process, String message) {
    report(process, PgException.log(message), null);
  }
}
