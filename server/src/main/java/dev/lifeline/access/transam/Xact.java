package dev.lifeline.access.transam;

import dev.lifeline.events.TransactionEvent;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.RunningXids;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.PendingCounters;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One backend's transaction, with its stack of subtransactions (savepoints). Belongs to the
/// backend's event loop; what others see of it is in the process array.
///
/// Subtransactions are numbered in this transaction: 1 is the transaction itself, each savepoint
/// gets the next number.
public final class Xact {
  public static final long INVALID_XID = 0;

  /// Rows that were made by the bootstrap: committed since ever.
  public static final long BOOTSTRAP_XID = 1;

  /// Rows so old that everybody sees them.
  public static final long FROZEN_XID = 2;

  public static final long FIRST_NORMAL_XID = 3;

  private final Transactions system;
  private final Proc proc;
  private final IsolationLevel isolation;
  private final long beganNanos;
  private final SubXact top = new SubXact(1);
  private final List<SubXact> open = new ArrayList<>(1);
  private List<XactListener> listeners = List.of();
  private boolean readOnly;
  private boolean synchronousCommit = true;
  private boolean ended;

  /// The commit record is in the WAL: there is no way back.
  private boolean committing;

  private int lastSubId = 1;
  private int commandId;
  private int openSnapshots;
  private @Nullable RunningXids firstSnapshot;

  /// The tables that decoding knows of already in this transaction, by their files.
  private Map<RelFileLocator, LoggedTable> logged = Map.of();

  /// The last subtransaction that decoding was told of.
  private long assigned;

  private LogicalRecords.@Nullable Origin origin;

  Xact(Transactions system, Proc proc, IsolationLevel isolation, boolean readOnly) {
    this.system = system;
    this.proc = proc;
    this.isolation = isolation;
    this.readOnly = readOnly;
    this.beganNanos = system.clock().nanoTime();
    open.add(top);
  }

  private SubXact innermost() {
    return open.get(open.size() - 1);
  }

  /// The xid of the innermost subtransaction; assigned now if it (or a parent) had none.
  public long xid() {
    SubXact inner = innermost();
    if (inner.xid() == 0) {
      checkNotEnded();
      for (SubXact level : open) {
        if (level.xid() == 0) {
          long xid = system.procs().assign(proc);
          system.clog().ensure(xid);
          level.setXid(xid);
        }
      }
    }
    return inner.xid();
  }

  private void checkNotEnded() {
    if (ended) {
      throw new IllegalStateException("the transaction has ended");
    }
  }

  /// The same, or 0 when none was assigned.
  public long xidIfAny() {
    return innermost().xid();
  }

  /// The xid of the transaction itself, or 0.
  public long topXidIfAny() {
    return top.xid();
  }

  /// The xid that the next transaction will get.
  public long latestXid() {
    return system.nextXid();
  }

  /// True for the xids of this transaction and of its subtransactions that are open or committed
  /// (not of rolled back ones).
  public boolean isCurrent(long xid) {
    long first = top.xid();
    if (first == 0 || xid < first) {
      return false;
    }
    return levelOf(xid).isOwnXid(xid);
  }

  /// The only level that the xid may belong to. Their xids ascend, those that were committed into a
  /// level are below the xid of the next one, and levels without an xid come last.
  private SubXact levelOf(long xid) {
    int low = 0;
    int high = open.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      long begins = open.get(middle).xid();
      if (begins != 0 && begins <= xid) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return open.get(low);
  }

  public Proc proc() {
    return proc;
  }

  /// Where what the transaction does to relations is counted.
  public PendingCounters counters() {
    return proc.counters();
  }

  public IsolationLevel isolation() {
    return isolation;
  }

  public boolean readOnly() {
    return readOnly;
  }

  public void setReadOnly(boolean readOnly) {
    this.readOnly = readOnly;
  }

  /// The command that runs now; rows are stamped with it.
  public int commandId() {
    return commandId;
  }

  /// What this command wrote becomes visible to the commands after it.
  public void nextCommand() {
    commandId++;
  }

  /// The snapshot for the next statement: a new one under READ COMMITTED, the transaction's first
  /// one under REPEATABLE READ; with the current command id. To be given back with
  /// [#releaseSnapshot].
  public Snapshot snapshot() {
    if (isolation == IsolationLevel.REPEATABLE_READ) {
      RunningXids first = firstSnapshot;
      if (first == null) {
        openSnapshots++;
        first = system.procs().snapshot(proc);
        firstSnapshot = first;
      }
      openSnapshots++;
      return new Snapshot(first, commandId);
    }
    return latestSnapshot();
  }

  /// A snapshot of this instant, whatever the isolation level: for catalog lookups. To be given
  /// back with [#releaseSnapshot].
  public Snapshot latestSnapshot() {
    checkNotEnded();
    openSnapshots++;
    return new Snapshot(system.procs().snapshot(proc), commandId);
  }

  /// From now on the transaction sees what was so when somebody else took this snapshot, who still
  /// holds it. It must not have taken one itself.
  public void importSnapshot(RunningXids snapshot) {
    if (isolation != IsolationLevel.REPEATABLE_READ || firstSnapshot != null) {
      throw new IllegalStateException("the transaction cannot take over a snapshot");
    }
    openSnapshots++;
    firstSnapshot = snapshot;
    proc.setXmin(snapshot.xmin());
  }

  /// A snapshot for others to take over; it is held until the transaction ends.
  public RunningXids exportSnapshot() {
    checkNotEnded();
    openSnapshots++;
    RunningXids exported = firstSnapshot;
    if (exported == null) {
      exported = system.procs().snapshot(proc);
      if (isolation == IsolationLevel.REPEATABLE_READ) {
        firstSnapshot = exported;
      }
    }
    return exported;
  }

  /// Whether it has the snapshot already that all of its statements will use.
  public boolean hasFirstSnapshot() {
    return firstSnapshot != null;
  }

  /// Somebody else uses a snapshot that is still held, and gives it back, too.
  public Snapshot shareSnapshot(Snapshot snapshot) {
    checkNotEnded();
    if (openSnapshots == 0) {
      throw new IllegalStateException("the snapshot was given back");
    }
    openSnapshots++;
    return snapshot;
  }

  /// The one who asked for a snapshot has no use for it any more. When nobody has, vacuum need not
  /// care for what it saw. The end of the transaction gives all of them back.
  public void releaseSnapshot() {
    if (openSnapshots > 0 && --openSnapshots == 0) {
      proc.setXmin(0);
    }
  }

  /// `synchronous_commit`: when off, the commit does not wait for its flush.
  public void setSynchronousCommit(boolean on) {
    synchronousCommit = on;
  }

  /// The transaction repeats what was done elsewhere: its commit record will tell.
  public void setOrigin(LogicalRecords.Origin newOrigin) {
    origin = newOrigin;
  }

  /// To be called before the transaction changes rows of a table: under `wal_level` logical, logs
  /// how the table looks, unless it did so before. May throw NotYet.
  public void willChange(LoggedTable table) {
    Wal wal = system.wal();
    if (!wal.isLogical()) {
      return;
    }
    announce();
    if (isLogged(table)) {
      return;
    }
    wal.reserve();
    wal.begin(Rmgr.LOGICAL, LogicalRecords.RELATION, xid())
        .data()
        .putLong(top.xid())
        .putBytes(table.descriptor())
        .insert();
    if (logged.isEmpty()) {
      logged = new HashMap<>();
    }
    logged.put(table.file(), table);
    RelFileLocator toast = table.toastFile();
    if (toast != null) {
      logged.put(toast, table);
    }
  }

  /// Tells decoding which transaction a subtransaction belongs to that is about to change rows.
  private void announce() {
    long xid = xid();
    if (xid != top.xid() && xid != assigned) {
      system.wal().reserve();
      system
          .wal()
          .begin(Rmgr.LOGICAL, LogicalRecords.ASSIGNMENT, xid)
          .data()
          .putLong(top.xid())
          .insert();
      assigned = xid;
    }
  }

  @SuppressWarnings("ReferenceEquality") // other plans have other objects, most often equal ones
  private boolean isLogged(LoggedTable table) {
    LoggedTable known = logged.get(table.file());
    return known == table
        || (known != null && Arrays.equals(known.descriptor(), table.descriptor()));
  }

  /// The table whose file (or whose long values' file) this is, where its changes have to be logged
  /// for decoding.
  public @Nullable LoggedTable logged(RelFileLocator file) {
    return logged.isEmpty() ? null : logged.get(file);
  }

  /// Logs the TRUNCATE of tables that [#willChange] has told of.
  public void logTruncate(int flags, List<RelFileLocator> files) {
    announce();
    system.wal().reserve();
    WalRecordBuilder record = system.wal().begin(Rmgr.LOGICAL, LogicalRecords.TRUNCATE, xid());
    record.data().putLong(top.xid()).putInt(flags).putInt(files.size());
    for (RelFileLocator file : files) {
      record.putInt(file.dbOid()).putLong(file.relNumber());
    }
    record.insert();
  }

  /// Logs a message of an application to those who decode.
  ///
  /// @return where it ends
  public long logMessage(boolean transactional, byte[] prefix, byte[] content) {
    if (transactional) {
      xid();
      announce();
    }
    system.wal().reserve();
    return system
        .wal()
        .begin(Rmgr.LOGICAL, LogicalRecords.MESSAGE, transactional ? xid() : INVALID_XID)
        .data()
        .putLong(transactional ? top.xid() : INVALID_XID)
        .putInt(proc.databaseOid())
        .putInt(prefix.length)
        .putBytes(prefix)
        .putBytes(content)
        .insert();
  }

  /// Listeners are told in the order in which they were added.
  public void addListener(XactListener listener) {
    if (listeners.isEmpty()) {
      listeners = new ArrayList<>(2);
    }
    listeners.add(listener);
  }

  /// The listener of that class; null where there is none.
  public <T extends XactListener> @Nullable T findListener(Class<T> type) {
    for (XactListener listener : listeners) {
      if (type.isInstance(listener)) {
        return type.cast(listener);
      }
    }
    return null;
  }

  /// The listener of that class, of which the transaction has one; added where there is none yet.
  public <T extends XactListener> T listener(Class<T> type, Supplier<T> maker) {
    T found = findListener(type);
    if (found == null) {
      found = maker.get();
      addListener(found);
    }
    return found;
  }

  /// The innermost open subtransaction's number.
  public int subId() {
    return innermost().id();
  }

  /// How many savepoints are open.
  public int depth() {
    return open.size() - 1;
  }

  /// Opens a subtransaction and returns its number.
  public int beginSub() {
    checkNotEnded();
    SubXact sub = new SubXact(++lastSubId);
    open.add(sub);
    proc.counters().beginSub();
    return sub.id();
  }

  private SubXact closeSub() {
    if (open.size() == 1) {
      throw new IllegalStateException("no subtransaction is open");
    }
    return open.remove(open.size() - 1);
  }

  /// Ends the innermost subtransaction, its effects becoming the parent's.
  public void commitSub() {
    SubXact sub = closeSub();
    SubXact parent = innermost();
    parent.absorb(sub);
    proc.counters().commitSub();
    for (XactListener listener : listeners) {
      listener.subEnded(this, sub.id(), parent.id(), true);
    }
  }

  /// Undoes the innermost subtransaction. The files that it created go in the background.
  public void abortSub() {
    SubXact sub = closeSub();
    SubXact parent = innermost();
    long[] xids = sub.allXids();
    proc.counters().abortSub();
    if (xids.length > 0) {
      logAbort(sub.xid(), sub.children(), sub.created());
      system.procs().endSubs(proc, xids);
    }
    for (XactListener listener : listeners) {
      listener.subEnded(this, sub.id(), parent.id(), false);
    }
    system.storage().unlink(sub.created());
  }

  private void logAbort(long xid, long[] children, List<RelFileLocator> created) {
    proc.setDelayingCheckpoint(true);
    WalRecordBuilder record = system.wal().begin(Rmgr.XACT, XlogRecords.ABORT, xid);
    XactRecord.put(record, system.clock().epochMicros(), children, created);
    long lsn = record.insert();
    setStatus(xid, children, XidStatus.ABORTED, lsn);
    proc.setDelayingCheckpoint(false);
  }

  private void setStatus(long xid, long[] children, XidStatus status, long lsn) {
    for (long child : children) {
      system.clog().set(child, status, lsn);
    }
    system.clog().set(xid, status, lsn);
  }

  /// Ends the transaction. Completes when it is durable and visible to all; the files of dropped
  /// relations are gone then.
  public Future<Void> commit() {
    checkNotEnded();
    while (open.size() > 1) {
      commitSub();
    }
    if (top.xid() == 0) {
      finish(true);
      return Future.succeededFuture();
    }
    try {
      system.wal().reserve();
      touchClog();
    } catch (NotYet full) {
      return full.until().compose(ignored -> commit());
    }
    boolean dropping = !top.dropped().isEmpty();
    Object ticket = dropping ? system.storage().begin() : null;
    committing = true;
    proc.setDelayingCheckpoint(true);
    WalRecordBuilder record =
        system.wal().begin(Rmgr.XACT, XlogRecords.COMMIT, top.xid()).asCommit();
    XactRecord.put(record, system.clock().epochMicros(), top.children(), top.dropped());
    XactRecord.putOrigin(record, origin);
    long lsn = record.insert();
    if (origin != null) {
      system.replication().committed(origin, lsn);
    }
    setStatus(top.xid(), top.children(), XidStatus.COMMITTED, lsn);
    proc.setDelayingCheckpoint(false);
    if (!synchronousCommit && !dropping) {
      system.noteAsyncCommit(lsn);
      committed(lsn);
      return Future.succeededFuture();
    }
    return system.wal().flush(lsn, proc.subject()).compose(ignored -> durable(lsn, ticket));
  }

  /// A checkpoint waits until the files of dropped relations are gone: after it, no redo would do
  /// it.
  private Future<Void> durable(long lsn, @Nullable Object ticket) {
    committed(lsn);
    if (ticket == null) {
      return Future.succeededFuture();
    }
    return system
        .storage()
        .unlink(top.dropped())
        .onComplete(result -> system.storage().end(ticket));
  }

  /// Makes sure that nothing has to be read between the record and its effect.
  private void touchClog() {
    system.clog().status(top.xid());
    for (long child : top.children()) {
      system.clog().status(child);
    }
  }

  private void committed(long lsn) {
    long xid = top.xid();
    system.procs().end(proc);
    system.storage().committed(top.created());
    finish(true);
    system.emitter().emit(proc.subject(), new TransactionEvent.Committed(xid, elapsedMs(), lsn));
  }

  private double elapsedMs() {
    return (system.clock().nanoTime() - beganNanos) / 1e6;
  }

  private void finish(boolean committed) {
    ended = true;
    system.ended(proc, committed);
    openSnapshots = 0;
    firstSnapshot = null;
    proc.setXmin(0);
    for (XactListener listener : listeners) {
      listener.ended(this, committed);
    }
  }

  /// Undoes everything. Completes when the files that it created are gone.
  public Future<Void> abort() {
    if (ended || committing) {
      return Future.succeededFuture();
    }
    while (open.size() > 1) {
      abortSub();
    }
    long xid = top.xid();
    if (xid == 0) {
      finish(false);
      return Future.succeededFuture();
    }
    try {
      touchClog();
    } catch (NotYet reading) {
      return reading.until().compose(ignored -> abort());
    }
    logAbort(xid, top.children(), top.created());
    system.procs().end(proc);
    finish(false);
    system.emitter().emit(proc.subject(), new TransactionEvent.RolledBack(xid, elapsedMs()));
    return system.storage().unlink(top.created());
  }

  /// For the relation storage: the level that a file is created or dropped in.
  SubXact level() {
    return innermost();
  }
}
