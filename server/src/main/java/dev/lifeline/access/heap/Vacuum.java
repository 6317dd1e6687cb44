package dev.lifeline.access.heap;

import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.storage.lmgr.LockOwner;
import java.util.List;

/// Vacuums one table and its indexes: prunes every page, removes the index entries of dead row
/// versions, then their line pointers, and notes the free space.
///
/// The work is cut into steps of about a page, so that the event loop of the worker is not held up
/// and a vacuum can be cancelled between any two of them. The caller holds a
/// ShareUpdateExclusiveLock on the table, and on its behalf nothing else is running in its
/// transaction.
///
/// ```java
/// while (vacuum.step()) { ... }   // NotYet as everywhere
/// VacuumReport report = vacuum.report();
/// ```
@SuppressWarnings("DoNotCallSuggester")
public final class Vacuum {
  /// @param owner whose relation lock is made an AccessExclusiveLock for a moment, where the end of
  ///   the table is cut off
  public Vacuum(
      HeapAccess heap, Table table, List<BTree> indexes, LockOwner owner, VacuumOptions options) {
    throw new UnsupportedOperationException();
  }

  /// Does the next piece of work.
  ///
  /// @return false when all is done
  /// @throws dev.lifeline.utils.NotYet while a page is read
  public boolean step() {
    throw new UnsupportedOperationException();
  }

  /// What it did, and what `pg_class` should say about the table and its indexes: once [#step] has
  /// returned false.
  public VacuumReport report() {
    throw new UnsupportedOperationException();
  }

  /// Says on the log that it did not come to its end. Nothing has to be undone.
  public void cancelled(String reason) {
    throw new UnsupportedOperationException();
  }
}
