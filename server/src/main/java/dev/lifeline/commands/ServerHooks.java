package dev.lifeline.commands;

import io.vertx.core.Future;

/// What commands ask of the server around them.
public interface ServerHooks {
  /// How many backends have a session in the database, not counting the one with this pid.
  int otherBackends(int databaseOid, int exceptPid);

  /// Ends these backends, as `pg_terminate_backend` does.
  void terminateBackends(int databaseOid, int exceptPid);

  /// Carries out a checkpoint, as the checkpointer does it.
  Future<Void> checkpoint();

  /// Writes a setting into `postgresql.auto.conf`, or removes it.
  ///
  /// @param value as ALTER SYSTEM has it; null to remove
  Future<Void> alterSystem(String name, @org.jspecify.annotations.Nullable String value);
}
