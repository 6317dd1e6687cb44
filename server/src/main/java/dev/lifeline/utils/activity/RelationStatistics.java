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

  /// How many counters there are.
  static final int COUNT = 21;

  /// All of them, in the order of the components.
  long[] values() {
    return new long[] {
      scans,
      tuplesReturned,
      tuplesFetched,
      tuplesInserted,
      tuplesUpdated,
      tuplesDeleted,
      tuplesHotUpdated,
      liveTuples,
      deadTuples,
      modifiedSinceAnalyze,
      insertedSinceVacuum,
      blocksFetched,
      blocksRead,
      lastVacuum,
      vacuumCount,
      lastAutovacuum,
      autovacuumCount,
      lastAnalyze,
      analyzeCount,
      lastAutoanalyze,
      autoanalyzeCount
    };
  }

  /// From [#values].
  static RelationStatistics of(long[] v) {
    return new RelationStatistics(
        v[0], v[1], v[2], v[3], v[4], v[5], v[6], v[7], v[8], v[9], v[10], v[11], v[12], v[13],
        v[14], v[15], v[16], v[17], v[18], v[19], v[20]);
  }
}
