package dev.lifeline.access.heap;

import java.util.List;

/// The figures of `VACUUM VERBOSE`.
///
/// @param pagesRemoved cut off the end of the file
/// @param pagesRemaining the table's length now, `pg_class.relpages`
/// @param pagesScanned of them
/// @param pagesVisible that everybody sees all of, `pg_class.relallvisible`
/// @param tuplesRemoved row versions
/// @param tuplesRemaining live and recently dead ones
/// @param tuplesDeadNotYet dead, but some snapshot may still see them
/// @param liveTuples for `pg_class.reltuples`
/// @param indexScans passes over all indexes
/// @param deadItems dead line pointers that were found
/// @param deadItemPages on how many pages
/// @param deadItemsLeft whether they were left there, and the indexes not gone over
/// @param oldestXmin what was dead before it could go
/// @param removableCutoffAge how many xids were younger than that when the vacuum ended
/// @param oldestKeptXid no tuple has an older xid that is not frozen; 0 where not all pages were
///   looked at
/// @param indexes one for each index
public record VacuumReport(
    int pagesRemoved,
    int pagesRemaining,
    int pagesScanned,
    int pagesVisible,
    long tuplesRemoved,
    long tuplesRemaining,
    long tuplesDeadNotYet,
    double liveTuples,
    int indexScans,
    long deadItems,
    int deadItemPages,
    boolean deadItemsLeft,
    long oldestXmin,
    long removableCutoffAge,
    long oldestKeptXid,
    long walRecords,
    long walBytes,
    double elapsedMs,
    List<IndexReport> indexes) {

  public VacuumReport {
    indexes = List.copyOf(indexes);
  }

  /// What became of an index.
  ///
  /// @param pages its length now
  /// @param tuples entries that it has now
  /// @param tuplesRemoved entries that were removed
  /// @param pagesNewlyDeleted pages that left the index
  /// @param pagesDeleted all pages of the file that are not in it
  /// @param pagesReusable those of them that may be used again at once
  public record IndexReport(
      int relation,
      int pages,
      long tuples,
      long tuplesRemoved,
      int pagesNewlyDeleted,
      int pagesDeleted,
      int pagesReusable) {}
}
