package dev.lifeline.events;

/// Vacuum and analyze, by autovacuum or by hand.
public sealed interface VacuumEvent extends LifecycleEvent {

  record WorkerLaunched(String datname) implements VacuumEvent {}

  record Started(String datname, String schemaname, String relname, boolean autovacuum)
      implements VacuumEvent {}

  /// The figures of `VACUUM VERBOSE`, with the time of each phase.
  record Completed(
      String datname,
      String schemaname,
      String relname,
      boolean autovacuum,
      long pagesRemoved,
      long pagesRemaining,
      long pagesSkipped,
      long tuplesRemoved,
      long tuplesRemaining,
      long tuplesDeadNotYetRemovable,
      int indexScans,
      long oldestXmin,
      long walRecords,
      long walFpi,
      long walBytes,
      double heapScanMs,
      double indexVacuumMs,
      double heapVacuumMs,
      double truncateMs,
      double elapsedMs)
      implements VacuumEvent {}

  record AnalyzeCompleted(
      String datname,
      String schemaname,
      String relname,
      boolean autovacuum,
      long pagesScanned,
      long sampleRows,
      long estimatedRows,
      double elapsedMs)
      implements VacuumEvent {}

  record Cancelled(
      String datname,
      String schemaname,
      String relname,
      boolean autovacuum,
      String reason,
      double elapsedMs)
      implements VacuumEvent {}
}
