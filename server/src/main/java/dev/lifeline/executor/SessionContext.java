package dev.lifeline.executor;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.CatalogClient;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.executor.async.SessionNotifications;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.GucSession;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a session gives to the statements that run in it. Belongs to one event loop.
public interface SessionContext extends CatalogClient {
  /// The pid that `pg_backend_pid()` tells.
  @Override
  int pid();

  @Override
  int databaseOid();

  String databaseName();

  /// The role that the session acts as.
  @Override
  int userOid();

  String userName();

  boolean superuser();

  /// The text of what the session does, or did last. May be asked from any thread.
  default String runningStatement() {
    return "";
  }

  /// The catalogs as this session sees them.
  SessionCatalog catalog();

  /// The session's parameters.
  @Override
  GucSession gucs();

  /// The transaction that the statement runs in. The session has begun it and ends it.
  @Override
  Xact xact();

  /// In whose name the statement locks; released when the transaction ends.
  @Override
  LockOwner lockOwner();

  /// What expressions know of the session; its times and styles are those of the current statement.
  @Override
  EvalContext evalContext();

  Clock clock();

  Timers timers();

  /// Microseconds since the epoch at which the client's current message arrived.
  long statementTimestamp();

  /// Sends a NOTICE, WARNING, INFO, ... to the client.
  void notice(PgException notice);

  /// Throws the error of a cancel request, a termination or a timeout that has arrived meanwhile.
  /// Long computations ask from time to time.
  void checkForInterrupts();

  /// Waits for something else to happen, but not beyond a cancel request, a termination or a
  /// timeout: then the future fails with the error that [#checkForInterrupts] would throw. The
  /// driver waits so for whatever a [dev.lifeline.utils.NotYet] tells. One wait at a time.
  <T extends @Nullable Object> Future<T> interruptible(Future<T> wait);

  /// Whether the client has a transaction block open (BEGIN was sent), or the statement is one of
  /// several that share an implicit one: what VACUUM or CREATE DATABASE cannot run in.
  boolean inTransactionBlock();

  /// Commits the transaction and begins a new one, for statements that run in several (VACUUM).
  /// Only where [#inTransactionBlock()] is false.
  Future<Void> restartTransaction();

  /// The event that the session's work follows from; 0 where a client asked for it.
  default long cause() {
    return 0;
  }

  /// The event that has made the session cancel what it does; 0 where none is known.
  default long cancelCause() {
    return 0;
  }

  /// Whether the running statement's plan nodes are to be told to [#planNodes].
  default boolean wantsPlanNodes() {
    return false;
  }

  /// What the nodes of the plan did that has come to its end.
  default void planNodes(List<StatementEvent.PlanNode> nodes) {}

  /// Puts an event on the event log in the session's name.
  ///
  /// @param cause the event that it follows from; 0 for that of the connection
  /// @return its sequence; 0 where there is no event log
  default long emit(LifecycleEvent event, long cause) {
    return 0;
  }

  /// What the session listens to and is notified of.
  default SessionNotifications notifications() {
    throw PgException.notSupported("LISTEN and NOTIFY in a session without a client");
  }

  /// Forgets the session's prepared statements and closes its cursors, as DISCARD ALL does.
  void discardStatements();

  /// Tells the client to send a COPY's data (CopyInResponse).
  ///
  /// @param columns how many columns there are
  /// @param binary whether they are in the binary format
  CopySource copyIn(int columns, boolean binary);

  /// Tells the client that a COPY's data follows (CopyOutResponse).
  CopySink copyOut(int columns, boolean binary);
}
