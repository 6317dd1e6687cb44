package dev.lifeline.access.transam;

import dev.lifeline.events.Emitter;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.ProcArray;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;

/// Begins transactions, and answers what others ask about them.
public final class Transactions {
  private final ProcArray procs;
  private final Clog clog;
  private final Wal wal;
  private final Numbers numbers;
  private final Clock clock;
  private final Emitter emitter;
  private final RelationStorage storage;
  private final Counters counters;
  private final AtomicInteger open = new AtomicInteger();

  /// The end of the last commit record that nobody waited for: above the flushed position, a hint
  /// might reach the disk before the commit.
  private volatile long lastAsyncCommitLsn;

  private volatile ReplicationState replication = ReplicationState.NONE;

  Transactions(
      ProcArray procs,
      Clog clog,
      Wal wal,
      Numbers numbers,
      RelationStorage storage,
      Counters counters,
      Clock clock,
      Emitter emitter) {
    this.procs = procs;
    this.clog = clog;
    this.wal = wal;
    this.numbers = numbers;
    this.storage = storage;
    this.counters = counters;
    this.clock = clock;
    this.emitter = emitter;
  }

  /// Enters a client backend into the process array, so that it can have transactions.
  public Proc register(int pid, int databaseOid) {
    return register(new Subject("client backend", pid), databaseOid);
  }

  /// Enters a process into the process array, so that it can have transactions.
  public Proc register(Subject subject, int databaseOid) {
    Proc proc = new Proc(subject, databaseOid);
    procs.add(proc);
    return proc;
  }

  /// The process ends; its transaction must have ended before.
  public void unregister(Proc proc) {
    procs.remove(proc);
  }

  public Xact begin(Proc proc, IsolationLevel isolation, boolean readOnly) {
    open.incrementAndGet();
    proc.beginTransaction();
    return new Xact(this, proc, isolation, readOnly);
  }

  /// True while the transaction or subtransaction runs. For the own one ask [Xact#isCurrent] first.
  public boolean isRunning(long xid) {
    return procs.isRunning(xid);
  }

  /// Completes when the transaction is not running any more. For a subtransaction: when it is
  /// rolled back, or its whole transaction has ended.
  public Future<Void> xidEnd(long xid) {
    return procs.xidEnd(xid);
  }

  /// The transaction that a running subtransaction belongs to; the xid itself if it is one; 0 when
  /// it is not running.
  public long topXid(long xid) {
    return procs.topXid(xid);
  }

  /// No snapshot, now or ever, sees a row that a transaction before this one deleted: what vacuum
  /// and pruning may remove.
  public long oldestXmin() {
    return procs.oldestXmin();
  }

  /// True when a hint may say that this committed transaction is committed: its commit record is
  /// durable.
  public boolean commitIsDurable(long xid) {
    long last = lastAsyncCommitLsn;
    return last == 0 || wal.flushedLsn() >= last;
  }

  void noteAsyncCommit(long lsn) {
    synchronized (this) {
      lastAsyncCommitLsn = Math.max(lastAsyncCommitLsn, lsn);
    }
  }

  /// A relation number that was never used.
  public long nextRelNumber() {
    return numbers.nextRelNumber();
  }

  /// An oid that was not given out recently: as PostgreSQL's, it wraps round, and the caller checks
  /// that no row has it.
  public int nextOid() {
    return numbers.nextOid();
  }

  /// The next xid that will be given out.
  public long nextXid() {
    return procs.nextXid();
  }

  public Clog clog() {
    return clog;
  }

  /// How many transactions are open.
  public int running() {
    return open.get();
  }

  void ended(Proc proc, boolean committed) {
    open.decrementAndGet();
    proc.endTransaction();
    proc.counters().endTransaction(committed, counters, proc.databaseOid());
  }

  public ProcArray procs() {
    return procs;
  }

  Wal wal() {
    return wal;
  }

  void setReplication(ReplicationState state) {
    replication = state;
  }

  ReplicationState replication() {
    return replication;
  }

  Clock clock() {
    return clock;
  }

  Emitter emitter() {
    return emitter;
  }

  RelationStorage storage() {
    return storage;
  }
}
