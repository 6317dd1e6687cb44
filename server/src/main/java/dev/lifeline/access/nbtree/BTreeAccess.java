package dev.lifeline.access.nbtree;

import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.smgr.RelFileLocator;

/// Opens the B-trees of a generation of shared memory.
@SuppressWarnings({"DoNotCallSuggester", "UnusedVariable"})
public final class BTreeAccess {
  private final HeapAccess heap;

  public BTreeAccess(HeapAccess heap) {
    this.heap = heap;
  }

  public HeapAccess heap() {
    return heap;
  }

  /// Makes a file, just created, an empty B-tree.
  public void initialize(Xact xact, RelFileLocator file) {
    throw new UnsupportedOperationException();
  }

  /// A handle for an index. All handles of one file share their state.
  ///
  /// @param relation the index's oid
  /// @param table whose rows it leads to: a unique index asks it which of them are alive
  public BTree open(RelFileLocator file, int relation, Table table) {
    throw new UnsupportedOperationException();
  }

  /// Builds the content of a new, initialized and empty B-tree.
  ///
  /// @param memoryMax bytes that its sort may take (`maintenance_work_mem`)
  public BTreeBuilder builder(Xact xact, BTree index, boolean unique, long memoryMax) {
    throw new UnsupportedOperationException();
  }
}
