package dev.lifeline.access.heap;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// Opens the tables of a generation of shared memory.
public final class HeapAccess {
  private final SharedMemory shared;
  final BufferPool buffers;
  final Wal wal;
  final Transactions transactions;
  final LockManager locks;
  final ComboCids combos = new ComboCids();
  final HeapVisibility visibility;
  final SpeculativeInsertions speculations;

  private final ConcurrentMap<RelFileLocator, TableState> states = new ConcurrentHashMap<>();

  /// Of the system catalogs.
  private final ConcurrentMap<LockTag, TruncationGate> gates = new ConcurrentHashMap<>();

  /// A pruner that nobody uses just now.
  private final AtomicReference<@Nullable HeapPruner> idlePruner = new AtomicReference<>();

  public HeapAccess(SharedMemory shared) {
    this.shared = shared;
    this.buffers = shared.buffers();
    this.wal = shared.wal();
    this.transactions = shared.transactions();
    this.locks = shared.locks();
    this.visibility = new HeapVisibility(buffers, transactions, combos);
    this.speculations = new SpeculativeInsertions(shared.environment().wakeup());
  }

  public SharedMemory shared() {
    return shared;
  }

  /// A handle for a table whose file exists (see [dev.lifeline.access.transam.RelationStorage]).
  /// Handles are cheap, and all of one file share their state.
  ///
  /// @param relation the table's oid
  /// @param fillfactor percent of a page that inserts fill
  public Table open(RelFileLocator file, int relation, int fillfactor) {
    return new HeapTable(this, file, relation, fillfactor, state(file));
  }

  TableState state(RelFileLocator file) {
    return states.computeIfAbsent(file, key -> new TableState(buffers, key));
  }

  /// What those pass who use a relation, or the long values of it, without a lock on it.
  ///
  /// @param dbOid 0 for a relation that all databases share
  public TruncationGate truncationGate(int dbOid, int relation) {
    LockTag tag = LockTag.relation(dbOid, relation);
    return gates.computeIfAbsent(tag, key -> new TruncationGate(shared.environment().wakeup()));
  }

  /// Forgets what is known of a file that was dropped.
  public void forget(RelFileLocator file) {
    states.remove(file);
  }

  HeapPruner borrowPruner() {
    HeapPruner idle = idlePruner.getAndSet(null);
    return idle != null ? idle : new HeapPruner(buffers, wal, visibility);
  }

  void giveBack(HeapPruner pruner) {
    idlePruner.set(pruner);
  }

  /// Prunes a page that is latched exclusively, for the sake of its space.
  ///
  /// @throws dev.lifeline.utils.NotYet while the commit log is read
  void prune(int buf, long oldestXmin) {
    HeapPruner pruner = borrowPruner();
    pruner.prune(buf, oldestXmin);
    giveBack(pruner);
  }
}
