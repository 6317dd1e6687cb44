package dev.lifeline.storage.ipc;

import dev.lifeline.events.Subject;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.utils.activity.PendingCounters;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A process's entry in the process array: what the others may know of its transaction. Written by
/// the owner, read by all.
public final class Proc {
  private static final long[] NO_XIDS = new long[0];

  private final Subject subject;
  private volatile int databaseOid;

  private volatile @Nullable LockOwner lockOwner;
  private @Nullable Consumer<TempFile> tempFileLog;
  private final PendingCounters counters = new PendingCounters();

  /// The oldest xid that the process's snapshots may see as running; 0 without a snapshot.
  private volatile long xmin;

  /// The number of the transaction that the process has open; 0 where it has none.
  private volatile int localXid;

  private int lastLocalXid;

  /// A change is under way that a checkpoint must not fall in the middle of.
  private volatile boolean delayingCheckpoint;

  /// Guarded by the process array's latch: the xid of the transaction, 0 without one; those of its
  /// subtransactions that are not rolled back; the place among the running ones.
  private long xid;

  /// Ascending.
  private long[] subXids = NO_XIDS;

  private int subXidCount;
  private int runningIndex = -1;

  public Proc(Subject subject, int databaseOid) {
    this.subject = subject;
    this.databaseOid = databaseOid;
  }

  /// Who it is, on the event log.
  public Subject subject() {
    return subject;
  }

  public int pid() {
    return subject.pid();
  }

  /// 0 until the backend knows its database.
  public int databaseOid() {
    return databaseOid;
  }

  public void setDatabaseOid(int oid) {
    databaseOid = oid;
  }

  /// The process's part in the lock table.
  public LockOwner lockOwner() {
    LockOwner owner = lockOwner;
    if (owner == null) {
      throw new IllegalStateException(subject + " has no part in the lock table");
    }
    return owner;
  }

  /// The same, or null for a process that never waits for anybody, such as the bootstrap.
  public @Nullable LockOwner lockOwnerIfAny() {
    return lockOwner;
  }

  /// To be set before the process's first transaction.
  public void setLockOwner(LockOwner owner) {
    lockOwner = owner;
  }

  /// Where its temporary files are told of when they end; null where nobody is told.
  public @Nullable Consumer<TempFile> tempFileLog() {
    return tempFileLog;
  }

  /// The owner's alone, as what calls it.
  public void logTempFiles(@Nullable Consumer<TempFile> log) {
    tempFileLog = log;
  }

  /// What its transaction has counted of its own activity; the owner's alone.
  public PendingCounters counters() {
    return counters;
  }

  public long xmin() {
    return xmin;
  }

  public void setXmin(long oldest) {
    xmin = oldest;
  }

  /// A transaction begins.
  public void beginTransaction() {
    localXid = ++lastLocalXid;
  }

  public void endTransaction() {
    localXid = 0;
  }

  /// The second half of the virtual transaction id, whose first is the pid; 0 outside of a
  /// transaction.
  public int localXid() {
    return localXid;
  }

  public boolean delayingCheckpoint() {
    return delayingCheckpoint;
  }

  public void setDelayingCheckpoint(boolean delaying) {
    delayingCheckpoint = delaying;
  }

  long xid() {
    return xid;
  }

  void setXid(long newXid) {
    xid = newXid;
  }

  int subXidCount() {
    return subXidCount;
  }

  long subXid(int i) {
    return subXids[i];
  }

  void addSubXid(long subXid) {
    if (subXidCount == subXids.length) {
      subXids = Arrays.copyOf(subXids, Math.max(4, subXidCount * 2));
    }
    subXids[subXidCount++] = subXid;
  }

  /// The innermost subtransaction was rolled back: its xid and those of the ones below it are the
  /// greatest.
  void removeSubXidsFrom(long subXid) {
    int i = Arrays.binarySearch(subXids, 0, subXidCount, subXid);
    subXidCount = i >= 0 ? i : -i - 1;
  }

  void clearXids() {
    xid = 0;
    subXidCount = 0;
  }

  boolean hasXid(long wanted) {
    return xid == wanted || Arrays.binarySearch(subXids, 0, subXidCount, wanted) >= 0;
  }

  int runningIndex() {
    return runningIndex;
  }

  void setRunningIndex(int index) {
    runningIndex = index;
  }
}
