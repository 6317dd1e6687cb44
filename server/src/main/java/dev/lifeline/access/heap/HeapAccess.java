package dev.lifeline.access.heap;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.table.Table;
import dev.lifeline.storage.smgr.RelFileLocator;

/// Opens the tables of a generation of shared memory.
@SuppressWarnings("DoNotCallSuggester")
public final class HeapAccess {
  private final SharedMemory shared;

  public HeapAccess(SharedMemory shared) {
    this.shared = shared;
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
    throw new UnsupportedOperationException();
  }
}
