package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// Whether the postmaster takes new sessions, and what it tells them where not (PostgreSQL's
/// `CAC_state`).
public enum CanAcceptConnections {
  OK(null, null),
  STARTUP(SqlState.CANNOT_CONNECT_NOW, "the database system is starting up"),
  NOT_CONSISTENT(
      SqlState.CANNOT_CONNECT_NOW, "the database system is not yet accepting connections"),
  SHUTDOWN(SqlState.CANNOT_CONNECT_NOW, "the database system is shutting down"),
  RECOVERY(SqlState.CANNOT_CONNECT_NOW, "the database system is in recovery mode"),
  TOO_MANY(SqlState.TOO_MANY_CONNECTIONS, "sorry, too many clients already");

  private final @Nullable SqlState sqlState;
  private final @Nullable String message;

  CanAcceptConnections(@Nullable SqlState sqlState, @Nullable String message) {
    this.sqlState = sqlState;
    this.message = message;
  }

  /// What a refused client gets; null for [#OK].
  public @Nullable PgException refusal() {
    if (sqlState == null || message == null) {
      return null;
    }
    PgException refusal = PgException.fatal(sqlState, message);
    return this == NOT_CONSISTENT
        ? refusal.detail("Consistent recovery state has not been yet reached.")
        : refusal;
  }
}
