package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Proc;
import io.vertx.core.Future;

/// One backend's transaction, with its stack of subtransactions (savepoints). Belongs to the
/// backend's event loop; what others see of it is in the process array.
///
/// Subtransactions are numbered in this transaction: 1 is the transaction itself, each savepoint
/// gets the next number.
@SuppressWarnings("DoNotCallSuggester")
public final class Xact {
  public static final long INVALID_XID = 0;

  /// Rows that were made by the bootstrap: committed since ever.
  public static final long BOOTSTRAP_XID = 1;

  /// Rows so old that everybody sees them.
  public static final long FROZEN_XID = 2;

  public static final long FIRST_NORMAL_XID = 3;

  private Xact() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// The process whose transaction it is.
  public Proc proc() {
    throw soon();
  }

  /// The xid of the innermost subtransaction; assigned now if it (or a parent) had none. Throws
  /// NotYet before anything happened.
  public long xid() {
    throw soon();
  }

  /// The same, or 0 when none was assigned.
  public long xidIfAny() {
    throw soon();
  }

  /// The xid of the transaction itself, or 0.
  public long topXidIfAny() {
    throw soon();
  }

  /// True for the xids of this transaction and of its subtransactions that are open or committed
  /// (not of rolled back ones).
  public boolean isCurrent(long xid) {
    throw soon();
  }

  public IsolationLevel isolation() {
    throw soon();
  }

  public boolean readOnly() {
    throw soon();
  }

  public void setReadOnly(boolean readOnly) {
    throw soon();
  }

  /// The command that runs now; rows are stamped with it.
  public int commandId() {
    throw soon();
  }

  /// What this command wrote becomes visible to the commands after it.
  public void nextCommand() {
    throw soon();
  }

  /// The snapshot for the next statement: a new one under READ COMMITTED, the transaction's first
  /// one under REPEATABLE READ; with the current command id.
  public Snapshot snapshot() {
    throw soon();
  }

  /// A snapshot of this instant, whatever the isolation level: for catalog lookups.
  public Snapshot latestSnapshot() {
    throw soon();
  }

  /// The statement that used the snapshot has ended: vacuum need not care for it any more.
  public void releaseSnapshot() {
    throw soon();
  }

  /// `synchronous_commit`: when off, the commit does not wait for its flush.
  public void setSynchronousCommit(boolean on) {
    throw soon();
  }

  public void addListener(XactListener listener) {
    throw soon();
  }

  /// The innermost open subtransaction's number.
  public int subId() {
    throw soon();
  }

  /// How many savepoints are open.
  public int depth() {
    throw soon();
  }

  /// Opens a subtransaction and returns its number.
  public int beginSub() {
    throw soon();
  }

  /// Ends the innermost subtransaction, its effects becoming the parent's.
  public void commitSub() {
    throw soon();
  }

  /// Undoes the innermost subtransaction.
  public void abortSub() {
    throw soon();
  }

  /// Ends the transaction. Completes when it is durable and visible to all; the files of dropped
  /// relations are gone then.
  public Future<Void> commit() {
    throw soon();
  }

  /// Undoes everything. Never fails.
  public Future<Void> abort() {
    throw soon();
  }
}
