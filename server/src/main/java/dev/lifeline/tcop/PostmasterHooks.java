package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a backend asks of the postmaster. Every call returns at once and may come from any event
/// loop.
public interface PostmasterHooks {
  /// Whether this connection may become a session, asked when its startup packet has been read.
  CanAcceptConnections canAcceptConnections();

  /// A CancelRequest: cancels what that backend runs, if the key is its own. Nothing is ever
  /// answered, so that keys cannot be guessed at.
  void cancelRequest(int pid, int cancelKey);

  /// What a signal is to PostgreSQL's processes.
  ///
  /// @return false where there is no such backend
  boolean signalBackend(int pid, BackendSignal signal);

  /// The role of a client's backend: 0 where it has none yet; null where there is no such backend.
  default @Nullable Integer roleOf(int pid) {
    return null;
  }

  /// Completes when the process has ended, at once where there is none; on any event loop.
  default Future<Void> ended(int pid) {
    return Future.succeededFuture();
  }

  /// When the server started, in microseconds since the epoch.
  long startTime();

  /// When the configuration was last loaded, in microseconds since the epoch.
  long configurationLoadTime();

  /// The address that TCP clients connect to.
  String serverAddress();

  int serverPort();

  /// A function of SQL that is the postmaster's business, e.g. `pg_reload_conf`.
  ///
  /// @param arguments the values, boxed; null is SQL's NULL
  default @Nullable Object serverFunction(String name, List<@Nullable Object> arguments) {
    throw PgException.notSupported("function " + name);
  }

  /// Takes one of the `max_connections` places for the backend until it ends.
  ///
  /// @return false where none is left: 53300 `sorry, too many clients already`
  boolean takeConnectionSlot(int pid);

  /// The backend serves a replication connection.
  ///
  /// @param most `max_wal_senders`
  /// @return false where there are as many already
  default boolean becomesWalSender(int pid, long most) {
    return most > 0;
  }

  /// How many places are left: below `superuser_reserved_connections` they are for superusers only.
  int freeConnectionSlots();

  /// The session is authorized: role and database count against their connection limits from here
  /// on, this session included, until the backend ends.
  void authorized(int pid, int databaseOid, int roleOid);

  /// How many authorized sessions there are in a database.
  int connectionsToDatabase(int databaseOid);

  /// How many authorized sessions a role has.
  int connectionsOfRole(int roleOid);
}
