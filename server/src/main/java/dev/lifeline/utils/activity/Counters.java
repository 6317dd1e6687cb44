package dev.lifeline.utils.activity;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// The cumulative statistics of a cluster, named as the columns of `pg_stat_database`,
/// `pg_stat_all_tables`, `pg_stat_wal` and `pg_stat_bgwriter`. Counted by all event loops, read by
/// the views, by autovacuum and by the statistics collector; none is exact at an instant, all are
/// exact in the end.
///
/// What a transaction does to rows arrives when it has ended, from its backend's [PendingCounters];
/// blocks, WAL and buffers are counted here at once.
public final class Counters {
  public final LongAdder walRecords = new LongAdder();
  public final LongAdder walFpi = new LongAdder();
  public final LongAdder walBytes = new LongAdder();
  public final LongAdder walSync = new LongAdder();
  public final LongAdder buffersCheckpoint = new LongAdder();
  public final LongAdder buffersClean = new LongAdder();
  public final LongAdder buffersBackend = new LongAdder();
  public final LongAdder buffersAlloc = new LongAdder();

  public final LongAdder buffersBackendFsync = new LongAdder();
  public final LongAdder maxwrittenClean = new LongAdder();
  public final LongAdder checkpointsTimed = new LongAdder();
  public final LongAdder checkpointsReq = new LongAdder();

  /// In microseconds, like the three below.
  public final LongAdder checkpointWriteTime = new LongAdder();

  public final LongAdder checkpointSyncTime = new LongAdder();
  public final LongAdder walWriteTime = new LongAdder();
  public final LongAdder walSyncTime = new LongAdder();
  public final LongAdder walWrite = new LongAdder();
  public final LongAdder walBuffersFull = new LongAdder();
  public final ArchiverCounters archiver = new ArchiverCounters();
  public final RecoveryPrefetchCounters recoveryPrefetch = new RecoveryPrefetchCounters();

  /// The vacuums that are under way.
  public final ProgressReports<VacuumProgress> vacuums = new ProgressReports<>();

  /// The analyzes that are under way.
  public final ProgressReports<AnalyzeProgress> analyzes = new ProgressReports<>();

  /// The indexes that are being built.
  public final ProgressReports<CreateIndexProgress> indexBuilds = new ProgressReports<>();

  /// The rewrites of tables that are under way.
  public final ProgressReports<ClusterProgress> rewrites = new ProgressReports<>();

  /// The processes that apply and copy for subscriptions.
  public final ProgressReports<SubscriptionWorkerStatus> subscriptionWorkers =
      new ProgressReports<>();

  /// Blocks by file.
  public final BlockCounters blocks = new BlockCounters();

  private final LongSupplier epochMicros;
  private final Map<Shared, Long> resets = new ConcurrentHashMap<>();
  private final Map<Integer, DatabaseCounters> databases = new ConcurrentHashMap<>();
  private final Map<RelationId, RelationCounters> relations = new ConcurrentHashMap<>();
  private final Map<Integer, SubscriptionCounters> subscriptions = new ConcurrentHashMap<>();

  /// Makes them, all zero.
  ///
  /// @param epochMicros the time of day
  public Counters(LongSupplier epochMicros) {
    this.epochMicros = epochMicros;
    recoveryPrefetch.reset(epochMicros.getAsLong());
  }

  /// A page of a database was read whose checksum is wrong.
  public void countChecksumFailure(int databaseOid) {
    database(databaseOid).countChecksumFailure(epochMicros.getAsLong());
  }

  /// What `pg_stat_reset_shared` can set to zero.
  public enum Shared {
    ARCHIVER,
    BGWRITER,
    WAL
  }

  /// When the counters of this kind began, in microseconds since the epoch.
  public long resetMicros(Shared kind) {
    return resets.getOrDefault(kind, 0L);
  }

  /// The counters begin now.
  public void begin(long nowMicros) {
    for (Shared kind : Shared.values()) {
      resets.putIfAbsent(kind, nowMicros);
    }
  }

  /// The counters of one kind that are kept over a restart, in a fixed order.
  List<LongAdder> shared(Shared kind) {
    return switch (kind) {
      case ARCHIVER -> List.of();
      case BGWRITER ->
          List.of(
              checkpointsTimed,
              checkpointsReq,
              checkpointWriteTime,
              checkpointSyncTime,
              buffersCheckpoint,
              buffersClean,
              maxwrittenClean,
              buffersBackend,
              buffersBackendFsync,
              buffersAlloc);
      case WAL ->
          List.of(
              walRecords,
              walFpi,
              walBytes,
              walBuffersFull,
              walWrite,
              walSync,
              walWriteTime,
              walSyncTime);
    };
  }

  /// `pg_stat_reset_shared`.
  public void resetShared(Shared kind, long nowMicros) {
    shared(kind).forEach(LongAdder::reset);
    if (kind == Shared.ARCHIVER) {
      archiver.restore(ArchiverCounters.Reading.NONE);
    }
    resets.put(kind, nowMicros);
  }

  /// Forgets everything: the counters begin now.
  public void discard(long nowMicros) {
    for (Shared kind : Shared.values()) {
      resetShared(kind, nowMicros);
    }
    relations.clear();
    databases.clear();
    blocks.clear();
  }

  void restoreReset(Shared kind, long micros) {
    resets.put(kind, micros);
  }

  /// `pg_stat_reset`: all counters of a database and of what is in it.
  public void resetDatabase(int databaseOid, long nowMicros) {
    relations.keySet().removeIf(id -> id.databaseOid() == databaseOid);
    blocks.forgetDatabase(databaseOid);
    database(databaseOid).reset(nowMicros);
  }

  /// `pg_stat_reset_single_table_counters`.
  public void resetRelation(int databaseOid, int relationOid, long relNumber, long nowMicros) {
    relations.remove(new RelationId(databaseOid, relationOid));
    fileGone(databaseOid, relNumber);
    database(databaseOid).resetAt(nowMicros);
  }

  /// A table or an index of a database; database 0 has the shared catalogs.
  public record RelationId(int databaseOid, int relationOid) {}

  /// The counters of a database, made when they are first asked for; 0 is for what belongs to no
  /// database.
  public DatabaseCounters database(int oid) {
    DatabaseCounters known = databases.get(oid);
    return known != null
        ? known
        : databases.computeIfAbsent(oid, ignored -> new DatabaseCounters());
  }

  /// All databases that were counted for.
  public Map<Integer, DatabaseCounters> databases() {
    return Map.copyOf(databases);
  }

  /// The counters of a subscription, made when they are first counted in; zero where nothing was.
  public SubscriptionCounters subscription(int oid) {
    SubscriptionCounters known = subscriptions.get(oid);
    return known == null ? new SubscriptionCounters() : known;
  }

  /// Something went wrong for a subscription.
  ///
  /// @param sync whether it was the copy of a table
  public void countSubscriptionError(int oid, boolean sync) {
    SubscriptionCounters of =
        subscriptions.computeIfAbsent(oid, ignored -> new SubscriptionCounters());
    (sync ? of.syncErrors : of.applyErrors).increment();
  }

  /// `pg_stat_reset_subscription_stats`: those of one, or with 0 those of all.
  public void resetSubscriptions(int oid, long nowMicros) {
    subscriptions.forEach((each, counters) -> {
      if (oid == 0 || each == oid) {
        counters.reset(nowMicros);
      }
    });
  }

  /// The sum of one counter over all databases.
  public long sum(Function<DatabaseCounters, LongAdder> counter) {
    long sum = 0;
    for (DatabaseCounters database : databases.values()) {
      sum += counter.apply(database).sum();
    }
    return sum;
  }

  /// The counters of a table or an index; made when they are first asked for.
  public RelationCounters relation(int databaseOid, int relationOid) {
    RelationId id = new RelationId(databaseOid, relationOid);
    RelationCounters known = relations.get(id);
    return known != null ? known : relations.computeIfAbsent(id, ignored -> new RelationCounters());
  }

  /// The same, or null where nothing was counted yet.
  public @Nullable RelationCounters find(int databaseOid, int relationOid) {
    return relations.get(new RelationId(databaseOid, relationOid));
  }

  /// All relations that were counted for.
  public Map<RelationId, RelationCounters> relations() {
    return Map.copyOf(relations);
  }

  /// The relation is gone, and its file.
  void dropped(RelationId relation, long relNumber) {
    relations.remove(relation);
    fileGone(relation.databaseOid(), relNumber);
  }

  /// The database is gone, with all that was in it.
  public void forgetDatabase(int databaseOid) {
    relations.keySet().removeIf(id -> id.databaseOid() == databaseOid);
    databases.remove(databaseOid);
    blocks.forgetDatabase(databaseOid);
  }

  /// A relation has another file from now on: what was read of the old one stays its own.
  public void fileReplaced(int databaseOid, int relationOid, long relNumber) {
    BlockCounters.Entry entry = fileGone(databaseOid, relNumber);
    if (entry != null) {
      relation(databaseOid, relationOid).addBlocks(entry.fetched(), entry.read());
    }
  }

  /// A file is gone: its database keeps what was read of it.
  private BlockCounters.@Nullable Entry fileGone(int databaseOid, long relNumber) {
    BlockCounters.Entry entry = blocks.forget(databaseOid, relNumber);
    if (entry != null) {
      DatabaseCounters database = database(databaseOid);
      database.blocksFetched.add(entry.fetched());
      database.blocksRead.add(entry.read());
    }
    return entry;
  }

  /// Blocks that all databases have fetched from the buffer pool.
  public long blocksFetched() {
    return sum(d -> d.blocksFetched) + blocks.fetched();
  }

  /// Those of them that had to be read from the disk.
  public long blocksRead() {
    return sum(d -> d.blocksRead) + blocks.read();
  }

  /// Blocks that a database has fetched from the buffer pool.
  public long blocksFetched(int databaseOid) {
    return database(databaseOid).blocksFetched.sum() + blocks.fetched(databaseOid);
  }

  /// Those of them that had to be read from the disk.
  public long blocksRead(int databaseOid) {
    return database(databaseOid).blocksRead.sum() + blocks.read(databaseOid);
  }
}
