package dev.lifeline.commands.amcheck;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.commands.IndexEntries;
import dev.lifeline.utils.adt.EvalContext;
import java.util.HashMap;
import java.util.Map;

/// What an index would consist of if it were built now: the key of each row, under the tid that an
/// entry has to have. A step: called again after each wait, it goes on where it was.
final class IndexRows implements Runnable {
  /// A row's key.
  ///
  /// @param hasNull whether a null keeps it from conflicting with an equal one
  @SuppressWarnings("ArrayRecordComponent")
  record Key(byte[] bytes, boolean hasNull) {}

  private final IndexEntries entries;
  private final Map<Long, Key> keys = new HashMap<>();

  IndexRows(BackendCatalog catalog, Relation relation, Relation.Index index, EvalContext eval) {
    entries =
        new IndexEntries(
            catalog,
            relation,
            index,
            eval,
            catalog.table(relation).indexBuildScan(catalog.client().xact()));
  }

  /// The keys by tid, when the step is done.
  Map<Long, Key> keys() {
    return keys;
  }

  @Override
  public void run() {
    while (entries.page(
        (key, tid, canConflict) -> keys.put(tid, new Key(key.clone(), !canConflict)))) {
      // Each call looks at one page.
    }
  }
}
