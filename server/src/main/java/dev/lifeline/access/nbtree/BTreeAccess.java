package dev.lifeline.access.nbtree;

import static dev.lifeline.access.transam.WalRecordBuilder.FORCE_IMAGE;
import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapTable;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/// Opens the B-trees of a generation of shared memory.
public final class BTreeAccess {
  private static final int FIRST_ROOT = 1;

  private final HeapAccess heap;
  private final ConcurrentMap<RelFileLocator, BTreeState> states = new ConcurrentHashMap<>();

  public BTreeAccess(HeapAccess heap) {
    this.heap = heap;
  }

  public HeapAccess heap() {
    return heap;
  }

  BufferPool buffers() {
    return heap.shared().buffers();
  }

  Wal wal() {
    return heap.shared().wal();
  }

  LockManager locks() {
    return heap.shared().locks();
  }

  /// Makes a file, just created and empty, an empty B-tree: a meta page, and a root that is a leaf.
  public void initialize(Xact xact, RelFileLocator file) {
    BufferPool buffers = buffers();
    wal().reserve();
    extendTo(buffers, file, FIRST_ROOT + 1);
    int meta = buffers.pin(file, Fork.MAIN, BTreeReader.META_BLOCK);
    int root;
    try {
      root = buffers.pin(file, Fork.MAIN, FIRST_ROOT);
    } catch (RuntimeException e) {
      buffers.unpin(meta);
      throw e;
    }
    buffers.lockExclusive(meta);
    buffers.lockExclusive(root);
    MemorySegment m = buffers.memory();
    BTreePage.initMeta(m, buffers.offset(meta), FIRST_ROOT, 0);
    BTreePage.init(m, buffers.offset(root), 0, BTreePage.LEAF | BTreePage.ROOT);
    WalRecordBuilder r = wal().begin(Rmgr.BTREE, BTreeRecord.PAGES, xact.xidIfAny());
    r.buffer(0, meta, STANDARD | FORCE_IMAGE).buffer(1, root, STANDARD | FORCE_IMAGE);
    r.insert();
    buffers.release(root);
    buffers.release(meta);
  }

  /// Blocks that a wait has left behind are used.
  private static void extendTo(BufferPool buffers, RelFileLocator file, int blocks) {
    while (buffers.blocks(file, Fork.MAIN) < blocks) {
      buffers.release(buffers.extend(file, Fork.MAIN));
    }
  }

  /// As [#open(RelFileLocator, int, String, Table)], for an index that messages call by its oid.
  public BTree open(RelFileLocator file, int relation, Table table) {
    return open(file, relation, Integer.toUnsignedString(relation), table);
  }

  /// A handle for an index. All handles of one file share their state.
  ///
  /// @param relation the index's oid
  /// @param name what messages call it
  /// @param table whose rows it leads to: a unique index asks it which of them are alive
  public BTree open(RelFileLocator file, int relation, String name, Table table) {
    return open(file, relation, name, table, false);
  }

  /// As the other.
  ///
  /// @param storesValues whether its entries have values beside their keys, see
  ///   [dev.lifeline.access.index.IndexEntry]
  public BTree open(
      RelFileLocator file, int relation, String name, Table table, boolean storesValues) {
    return new BTree(this, file, relation, name, (HeapTable) table, state(file), storesValues);
  }

  BTreeState state(RelFileLocator file) {
    return states.computeIfAbsent(file, key -> new BTreeState());
  }

  /// Forgets what is known of a file that was dropped.
  public void forget(RelFileLocator file) {
    states.remove(file);
  }

  /// Builds the content of a new, initialized and empty B-tree.
  ///
  /// @param live for a unique index: whether the row at a tid counts, asked where several have the
  ///   same key; may throw NotYet
  /// @param memoryMax bytes that its sort may take (`maintenance_work_mem`)
  /// @param fillfactor percent of a leaf that is filled
  /// @param breath called now and then; throws NotYet when others should have their turn
  public BTreeBuilder builder(
      Xact xact,
      BTree index,
      @Nullable LongPredicate live,
      long memoryMax,
      int fillfactor,
      Runnable breath) {
    return new BTreeBuilder(this, xact, index, live, memoryMax, fillfactor, breath);
  }
}
