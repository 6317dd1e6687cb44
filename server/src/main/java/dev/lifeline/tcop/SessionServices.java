package dev.lifeline.tcop;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.events.Subject;
import dev.lifeline.executor.SessionContext;
import dev.lifeline.executor.async.NotificationQueue;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.adt.CatalogHooks;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// What a session stands on: its place in shared memory, from its authorization to its end.
public interface SessionServices {
  SessionTransaction transaction();

  /// The transaction that [#transaction] has begun.
  Xact xact();

  /// The id of the transaction, or 0 where there is none, or none that has one.
  default long xidIfAny() {
    return 0;
  }

  /// Names the transaction, also one without an id; empty where the session can have none.
  default String virtualXid() {
    return "";
  }

  LockOwner lockOwner();

  /// The lock manager that the owner takes part in.
  LockManager locks();

  SessionCatalog catalog();

  CatalogHooks catalogHooks();

  /// What replication shares; null where there is none.
  default dev.lifeline.replication.@Nullable Replication replication() {
    return null;
  }

  /// What all sessions notify by; one that nobody else has where there are no others.
  default NotificationQueue notifications() {
    return new NotificationQueue();
  }

  /// Before a commit, does what ON COMMIT of the session's temporary tables asks for.
  default Future<Void> onCommit() {
    return Future.succeededFuture();
  }

  /// Whether there are temporary relations to be dropped at the session's end.
  default boolean leavesTemporary() {
    return false;
  }

  /// The counters of the session's database.
  DatabaseCounters counters();

  /// A statement begins: its parameters may be others than those of the one before.
  void statementBegins();

  /// Ends the wait for a lock, if the session is in one, with this error.
  void cancelWait(PgException reason);

  /// Gives everything back. The transaction has ended before.
  void close();

  /// Opens them.
  @FunctionalInterface
  interface Factory {
    /// Makes a place for a session that does not exist yet: it may be asked who it is, nothing
    /// else.
    ///
    /// @param subject who it is on the event log
    SessionServices open(SessionContext session, Subject subject);
  }
}
