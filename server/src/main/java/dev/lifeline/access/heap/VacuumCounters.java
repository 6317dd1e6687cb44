package dev.lifeline.access.heap;

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
  long oldestXmin;
  long walRecords;
  long walBytes;
  long heapScanNanos;
  long indexNanos;
  long heapVacuumNanos;
  long truncateNanos;

  VacuumReport report(long nextXid, double elapsedMs, List<VacuumReport.IndexReport> indexes) {
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
        oldestXmin,
        nextXid - oldestXmin,
        walRecords,
        walBytes,
        elapsedMs,
        indexes);
  }
}
