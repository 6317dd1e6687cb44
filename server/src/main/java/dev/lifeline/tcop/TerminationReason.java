package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;

/// Why a session must end although its client did not ask for it.
public enum TerminationReason {
  /// `pg_terminate_backend`, or a fast shutdown: SIGTERM.
  ADMINISTRATOR_COMMAND,
  /// An immediate shutdown: SIGQUIT from a postmaster that was told so.
  IMMEDIATE_SHUTDOWN,
  /// Another process crashed and may have damaged shared memory: SIGQUIT.
  CRASH_OF_ANOTHER_PROCESS,
  /// `idle_session_timeout`.
  IDLE_SESSION_TIMEOUT,
  /// `idle_in_transaction_session_timeout`.
  IDLE_IN_TRANSACTION_TIMEOUT;

  /// Whether the session drops everything at once, without cleaning up in shared memory (which is
  /// about to be thrown away) and without waiting for its client.
  public boolean quickDie() {
    return this == IMMEDIATE_SHUTDOWN || this == CRASH_OF_ANOTHER_PROCESS;
  }

  /// What the client is told.
  public PgException message() {
    return switch (this) {
      case ADMINISTRATOR_COMMAND ->
          PgException.fatal(
              SqlState.ADMIN_SHUTDOWN, "terminating connection due to administrator command");
      case IMMEDIATE_SHUTDOWN ->
          new PgException(
              Severity.WARNING,
              SqlState.ADMIN_SHUTDOWN,
              "terminating connection due to immediate shutdown command");
      case CRASH_OF_ANOTHER_PROCESS ->
          new PgException(
                  Severity.WARNING,
                  SqlState.CRASH_SHUTDOWN,
                  "terminating connection because of crash of another server process")
              .detail(
                  "The postmaster has commanded this server process to roll back the current"
                      + " transaction and exit, because another server process exited abnormally"
                      + " and possibly corrupted shared memory.")
              .hint(
                  "In a moment you should be able to reconnect to the database and repeat your"
                      + " command.");
      case IDLE_SESSION_TIMEOUT ->
          PgException.fatal(
              SqlState.IDLE_SESSION_TIMEOUT, "terminating connection due to idle-session timeout");
      case IDLE_IN_TRANSACTION_TIMEOUT ->
          PgException.fatal(
              SqlState.IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
              "terminating connection due to idle-in-transaction timeout");
    };
  }
}
