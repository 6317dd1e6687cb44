package dev.lifeline.executor;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;

/// What a session gives to the statements that run in it. Belongs to one event loop.
public interface SessionContext {
  /// The pid that `pg_backend_pid()` tells.
  int pid();

  int databaseOid();

  String databaseName();

  /// The role that the session acts as.
  int userOid();

  String userName();

  boolean superuser();

  Clock clock();

  Timers timers();

  /// Microseconds since the epoch at which the client's current message arrived.
  long statementTimestamp();

  /// Sends a NOTICE, WARNING, INFO, ... to the client.
  void notice(PgException notice);

  /// Throws the error of a cancel request, a termination or a timeout that has arrived meanwhile.
  /// Long computations ask from time to time.
  void checkForInterrupts();
}
