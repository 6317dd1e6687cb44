package dev.lifeline.utils.activity;

/// The counters of a table or an index at one instant, as PostgreSQL keeps them. Times are in
/// microseconds since the epoch, 0: never.
///
/// @param scans sequential scans of a table, or scans of an index
/// @param tuplesReturned live rows that sequential scans read, or entries that index scans returned
/// @param tuplesFetched live rows that index scans fetched
/// @param modifiedSinceAnalyze rows that were changed since the last analyze
/// @param insertedSinceVacuum rows that were inserted since the last vacuum
/// @param blocksFetched of earlier files of the relation; those of its present file are in
///   [Counters#blocks]
public record RelationStatistics(
    long scans,
    long tuplesReturned,
    long tuplesFetched,
    long tuplesInserted,
    long tuplesUpdated,
    long tuplesDeleted,
    long tuplesHotUpdated,
    long liveTuples,
    long deadTuples,
    long modifiedSinceAnalyze,
    long insertedSinceVacuum,
    long blocksFetched,
    long blocksRead,
    long lastVacuum,
    long vacuumCount,
    long lastAutovacuum,
    long autovacuumCount,
    long lastAnalyze,
    long analyzeCount,
    long lastAutoanalyze,
    long autoanalyzeCount) {

  /// Of a relation that nothing was counted for.
  public static final RelationStatistics NONE =
      new RelationStatistics(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
}
