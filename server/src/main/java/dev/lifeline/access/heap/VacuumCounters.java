package dev.lifeline.access.heap;

import dev.lifeline.access.transam.Xact;
import java.util.List;

/// What a vacuum counts on its way.
final class VacuumCounters {
  int pages;
  int pagesScanned;
  int pagesVisible;
  int pagesRemoved;
  long tuplesRemoved;
  long live;
  long recentlyDead;
  int indexScans;

  /// Dead line pointers that were found, and on how many pages.
  long deadItems;

  int deadItemPages;
  long oldestXmin;

  /// Older xids are taken out of the tuples.
  long freezeLimit;

  /// The oldest xid that was left in a tuple.
  long oldestKept;

  /// Pages were passed over that may have older ones.
  boolean skippedUnfrozen;

  long walRecords;
  long walBytes;
  long heapScanNanos;
  long indexNanos;
  long heapVacuumNanos;
  long truncateNanos;

  void keepsXid(long xid) {
    if (xid >= Xact.FIRST_NORMAL_XID) {
      oldestKept = Math.min(oldestKept, xid);
    }
  }

  VacuumReport report(
      long nextXid,
      boolean deadItemsLeft,
      double elapsedMs,
      List<VacuumReport.IndexReport> indexes) {
    return new VacuumReport(
        pagesRemoved,
        pages,
        pagesScanned,
        pagesVisible,
        tuplesRemoved,
        live + recentlyDead,
        recentlyDead,
        live,
        indexScans,
        deadItems,
        deadItemPages,
        deadItemsLeft,
        oldestXmin,
        nextXid - oldestXmin,
        skippedUnfrozen ? 0 : oldestKept,
        walRecords,
        walBytes,
        elapsedMs,
        indexes);
  }
}
