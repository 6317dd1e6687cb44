package dev.lifeline.storage.lmgr;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// Tells whose a running transaction is. The process array implements it; the lock manager, which
/// sits below it, asks when somebody begins to wait for a transaction's end.
public interface XidOwners {
  /// The owner of a transaction or subtransaction that is still running, null when it is over. Safe
  /// to call from any thread.
  @Nullable LockOwner ownerOf(long xid);

  /// Completes when the transaction or subtransaction is over for everybody, that is when
  /// [#ownerOf] says null; on whichever thread.
  Future<Void> end(long xid);

  /// Tells all running transactions and subtransactions, and whose they are.
  void forEach(Visitor visitor);

  /// Gets one after the other.
  interface Visitor {
    void running(long xid, LockOwner owner);
  }

  /// Of a cluster in which nothing runs.
  XidOwners NONE =
      new XidOwners() {
        @Override
        public @Nullable LockOwner ownerOf(long xid) {
          return null;
        }

        @Override
        public void forEach(Visitor visitor) {}

        @Override
        public Future<Void> end(long xid) {
          return Future.succeededFuture();
        }
      };
}
