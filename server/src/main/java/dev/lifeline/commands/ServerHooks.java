package dev.lifeline.commands;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// What commands ask of the server around them.
public interface ServerHooks {
  /// For commands that a session does of its own and that ask nothing.
  ServerHooks NONE =
      new ServerHooks() {
        @Override
        public int otherBackends(int databaseOid, int exceptPid) {
          throw new IllegalStateException("not asked for by a client");
        }

        @Override
        public void terminateBackends(int databaseOid, int exceptPid) {
          throw new IllegalStateException("not asked for by a client");
        }

        @Override
        public Future<Void> checkpoint() {
          throw new IllegalStateException("not asked for by a client");
        }

        @Override
        public Future<Void> alterSystem(String name, @Nullable String value) {
          throw new IllegalStateException("not asked for by a client");
        }
      };

  /// How many backends have a session in the database, not counting the one with this pid.
  int otherBackends(int databaseOid, int exceptPid);

  /// Ends these backends, as `pg_terminate_backend` does.
  void terminateBackends(int databaseOid, int exceptPid);

  /// How many replication slots of a database are in use.
  default int activeSlots(int databaseOid) {
    return 0;
  }

  /// Drops the replication slots of a database, none of which is in use.
  default Future<Void> dropSlots(int databaseOid) {
    return Future.succeededFuture();
  }

  /// What subscriptions need.
  default SubscriptionHooks subscriptions() {
    return SubscriptionHooks.NONE;
  }

  /// Carries out a checkpoint, as the checkpointer does it.
  Future<Void> checkpoint();

  /// Writes a setting into `postgresql.auto.conf`.
  ///
  /// @param name of the parameter; `all` to remove all
  /// @param value null to remove it
  Future<Void> alterSystem(String name, @Nullable String value);
}
