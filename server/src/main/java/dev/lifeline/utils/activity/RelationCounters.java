package dev.lifeline.utils.activity;

/// The counters of one table or index, shared by all backends. What a transaction has done comes in
/// one piece when it has ended, so all of them are guarded by this object's monitor, held for a few
/// additions.
public final class RelationCounters {
  private long scans;
  private long tuplesReturned;
  private long tuplesFetched;
  private long tuplesInserted;
  private long tuplesUpdated;
  private long tuplesDeleted;
  private long tuplesHotUpdated;
  private long liveTuples;
  private long deadTuples;
  private long modifiedSinceAnalyze;
  private long insertedSinceVacuum;
  private long blocksFetched;
  private long blocksRead;
  private long lastVacuum;
  private long vacuumCount;
  private long lastAutovacuum;
  private long autovacuumCount;
  private long lastAnalyze;
  private long analyzeCount;
  private long lastAutoanalyze;
  private long autoanalyzeCount;

  /// A transaction has ended.
  synchronized void add(PendingRelation pending) {
    scans += pending.scans;
    tuplesReturned += pending.returned;
    tuplesFetched += pending.fetched;
    tuplesInserted += pending.inserted;
    tuplesUpdated += pending.updated;
    tuplesDeleted += pending.deleted;
    tuplesHotUpdated += pending.hotUpdated;
    if (pending.truncated) {
      liveTuples = 0;
      deadTuples = 0;
      insertedSinceVacuum = 0;
    }
    liveTuples = Math.max(0, liveTuples + pending.liveDelta);
    deadTuples = Math.max(0, deadTuples + pending.deadDelta);
    modifiedSinceAnalyze += pending.changed;
    insertedSinceVacuum += pending.inserted;
  }

  synchronized void addBlocks(long fetched, long read) {
    blocksFetched += fetched;
    blocksRead += read;
  }

  /// A vacuum has ended.
  ///
  /// @param live rows that it has left
  /// @param dead row versions that it could not remove yet
  public synchronized void vacuumed(long live, long dead, boolean auto, long nowMicros) {
    liveTuples = live;
    deadTuples = dead;
    insertedSinceVacuum = 0;
    if (auto) {
      lastAutovacuum = nowMicros;
      autovacuumCount++;
    } else {
      lastVacuum = nowMicros;
      vacuumCount++;
    }
  }

  /// An analyze has ended.
  ///
  /// @param live an estimate of the rows
  /// @param dead an estimate of the dead row versions
  /// @param allColumns whether it was of the whole table, so that the changes before it are known
  public synchronized void analyzed(
      long live, long dead, boolean allColumns, boolean auto, long nowMicros) {
    liveTuples = Math.max(0, live);
    deadTuples = Math.max(0, dead);
    if (allColumns) {
      modifiedSinceAnalyze = 0;
    }
    if (auto) {
      lastAutoanalyze = nowMicros;
      autoanalyzeCount++;
    } else {
      lastAnalyze = nowMicros;
      analyzeCount++;
    }
  }

  /// Takes over what was counted before a restart.
  synchronized void restore(RelationStatistics saved) {
    scans = saved.scans();
    tuplesReturned = saved.tuplesReturned();
    tuplesFetched = saved.tuplesFetched();
    tuplesInserted = saved.tuplesInserted();
    tuplesUpdated = saved.tuplesUpdated();
    tuplesDeleted = saved.tuplesDeleted();
    tuplesHotUpdated = saved.tuplesHotUpdated();
    liveTuples = saved.liveTuples();
    deadTuples = saved.deadTuples();
    modifiedSinceAnalyze = saved.modifiedSinceAnalyze();
    insertedSinceVacuum = saved.insertedSinceVacuum();
    blocksFetched = saved.blocksFetched();
    blocksRead = saved.blocksRead();
    lastVacuum = saved.lastVacuum();
    vacuumCount = saved.vacuumCount();
    lastAutovacuum = saved.lastAutovacuum();
    autovacuumCount = saved.autovacuumCount();
    lastAnalyze = saved.lastAnalyze();
    analyzeCount = saved.analyzeCount();
    lastAutoanalyze = saved.lastAutoanalyze();
    autoanalyzeCount = saved.autoanalyzeCount();
  }

  public synchronized RelationStatistics read() {
    return new RelationStatistics(
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
        autoanalyzeCount);
  }
}
