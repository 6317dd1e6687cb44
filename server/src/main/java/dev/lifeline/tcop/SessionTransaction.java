package dev.lifeline.tcop;

import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;

/// A session's transactions as its transaction block drives them: the storage behind, or a script
/// in a test. There is one of it for each session, with at most one transaction at a time.
public interface SessionTransaction {
  void begin(IsolationLevel isolation, boolean readOnly);

  /// Does what has been put off until the commit, such as deferred constraints. Fails where that
  /// fails: then the transaction is to be undone.
  default Future<Void> beforeCommit() {
    return Future.succeededFuture();
  }

  /// Completes when the transaction is durable. Fails only when it was rolled back instead.
  Future<Void> commit();

  /// Undoes everything. Never fails.
  Future<Void> abort();

  /// Opens a subtransaction.
  void beginSub();

  /// Ends the innermost subtransaction; its effects become the parent's.
  void commitSub();

  /// Undoes the innermost subtransaction.
  void abortSub();

  /// Changes the modes of a transaction in which no query has run.
  void setModes(IsolationLevel isolation, boolean readOnly);

  /// Makes the transaction, in which no query has run, see what the one sees that has exported this
  /// snapshot.
  default void importSnapshot(String name) {
    throw PgException.notSupported("SET TRANSACTION SNAPSHOT");
  }

  /// The session ends; it has no transaction any more.
  void close();
}
