package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Proc;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// Begins transactions, and answers what others ask about them.
@SuppressWarnings("DoNotCallSuggester")
public final class Transactions {
  private Transactions() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Enters a process into the process array, so that it can have transactions.
  public Proc register(int pid, int databaseOid) {
    throw soon();
  }

  /// The process ends; its transaction must have ended before.
  public void unregister(Proc proc) {
    throw soon();
  }

  public Xact begin(Proc proc, IsolationLevel isolation, boolean readOnly) {
    throw soon();
  }

  /// True while the transaction or subtransaction runs. For the own one ask [Xact#isCurrent] first.
  public boolean isRunning(long xid) {
    throw soon();
  }

  /// Completes when the transaction is not running any more. For a subtransaction: when it is
  /// rolled back, or its whole transaction has ended.
  public Future<Void> xidEnd(long xid) {
    throw soon();
  }

  /// The transaction that a running subtransaction belongs to; the xid itself if it is one; 0 when
  /// it is not running.
  public long topXid(long xid) {
    throw soon();
  }

  /// The process that a running transaction or subtransaction belongs to, null when it is over: for
  /// the lock manager, see [dev.lifeline.storage.lmgr.XidOwners].
  public @Nullable Proc procOf(long xid) {
    throw soon();
  }

  /// No snapshot, now or ever, sees a row that a transaction before this one deleted: what vacuum
  /// and pruning may remove.
  public long oldestXmin() {
    throw soon();
  }

  /// True when a hint may say that this committed transaction is committed: its commit record is
  /// durable, or cannot be outrun by the page.
  public boolean commitIsDurable(long xid) {
    throw soon();
  }

  /// A relation number that was never used.
  public long nextRelNumber() {
    throw soon();
  }

  /// The next xid that will be given out.
  public long nextXid() {
    throw soon();
  }

  public Clog clog() {
    throw soon();
  }

  /// How many transactions are open.
  public int running() {
    throw soon();
  }
}
