package dev.lifeline.access.index;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.smgr.RelFileLocator;
import org.jspecify.annotations.Nullable;

/// An opened index: a handle that all sessions may share. Methods may throw
/// [dev.lifeline.utils.NotYet] before they changed anything.
public interface Index {
  /// What [#insert] returns when the entry was added.
  long NO_CONFLICT = 0;

  RelFileLocator file();

  /// The index's oid.
  int relation();

  /// Length in blocks.
  int blocks();

  /// Adds the entry for a row.
  ///
  /// @return [#NO_CONFLICT], or the tid of a live row that has the same key already: the caller
  ///   raises 23505; with [UniqueCheck#PARTIAL] that may be a row which is in doubt
  /// @throws dev.lifeline.utils.error.PgException 54000 when the key is too big for the index
  long insert(Xact xact, byte[] key, long tid, UniqueCheck check);

  /// Begins a scan of the entries between two bounds.
  ///
  /// @param lower the lowest key, null for no bound
  /// @param upper the highest key, null for no bound
  /// @param forward ascending; else descending
  IndexScan scan(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive,
      boolean forward);

  /// As [#scan], of one that also tells which rows everybody sees: see [IndexScan#allVisible].
  IndexScan scanOnly(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive,
      boolean forward);

  /// Begins a pass that removes the entries that lead to dead rows.
  BulkDelete bulkDelete(DeadTids dead);
}
