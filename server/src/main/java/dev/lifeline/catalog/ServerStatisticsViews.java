package dev.lifeline.catalog;

import dev.lifeline.utils.activity.ArchiverCounters;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.DatabaseCounters;
import dev.lifeline.utils.activity.ProcessStatus;
import dev.lifeline.utils.activity.RecoveryPrefetchCounters;
import dev.lifeline.utils.activity.ServerActivity;
import dev.lifeline.utils.guc.Gucs;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The views over the counters of databases and of the whole cluster: `pg_stat_database`,
/// `pg_stat_bgwriter`, `pg_stat_wal`, `pg_stat_recovery_prefetch`, `pg_stat_archiver`.
final class ServerStatisticsViews {
  private static final double MICROS_PER_MS = 1000.0;

  /// What there is nothing to count of.
  private static final List<String> EMPTY =
      List.of(
          "pg_stat_progress_basebackup",
          "pg_stat_replication_slots",
          "pg_stat_user_functions",
          "pg_stat_wal_receiver",
          "pg_stat_xact_user_functions");

  private ServerStatisticsViews() {}

  static void register(VirtualTables tables, ServerActivity server) {
    for (String name : EMPTY) {
      add(tables, name, session -> List.of());
    }
    SubscriptionViews.register(tables);
    add(tables, "pg_stat_database", session -> databases(session, server));
    add(tables, "pg_stat_database_conflicts", ServerStatisticsViews::conflicts);
    add(tables, "pg_stat_bgwriter", session -> List.of(row -> bgwriter(row, counters(session))));
    add(tables, "pg_stat_wal", session -> List.of(row -> wal(row, counters(session))));
    add(
        tables,
        "pg_stat_recovery_prefetch",
        session -> List.of(row -> recoveryPrefetch(row, counters(session).recoveryPrefetch)));
    add(tables, "pg_stat_archiver", session -> List.of(row -> archiver(row, counters(session))));
  }

  private static void add(
      VirtualTables tables,
      String name,
      Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    tables.register(name, new BuiltTable(name, rows));
  }

  private static Counters counters(BackendCatalog session) {
    return session.catalogs().shared().counters();
  }

  private static List<Consumer<VirtualRow>> databases(
      BackendCatalog session, ServerActivity server) {
    List<ProcessStatus> processes = server.processes();
    long now = session.catalogs().shared().environment().clock().epochMicros();
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    rows.add(row -> database(row, session, 0, null, List.of(), now));
    for (CatalogRow database : session.reader().scan("pg_database", r -> true)) {
      int oid = database.oid("oid");
      String name = database.text("datname");
      List<ProcessStatus> connected =
          processes.stream().filter(process -> process.databaseOid() == oid).toList();
      rows.add(row -> database(row, session, oid, name, connected, now));
    }
    return rows;
  }

  private static void database(
      VirtualRow row,
      BackendCatalog session,
      int oid,
      @Nullable String name,
      List<ProcessStatus> connected,
      long now) {
    Counters all = counters(session);
    DatabaseCounters of = all.database(oid);
    long read = all.blocksRead(oid);
    row.oid("datid", oid)
        .set("datname", name)
        .set("numbackends", connected.size())
        .set("xact_commit", of.xactCommit.sum())
        .set("xact_rollback", of.xactRollback.sum())
        .set("blks_read", read)
        .set("blks_hit", Math.max(0, all.blocksFetched(oid) - read))
        .set("tup_returned", of.tupReturned.sum())
        .set("tup_fetched", of.tupFetched.sum())
        .set("tup_inserted", of.tupInserted.sum())
        .set("tup_updated", of.tupUpdated.sum())
        .set("tup_deleted", of.tupDeleted.sum())
        .set("conflicts", 0)
        .set("temp_files", of.tempFiles.sum())
        .set("temp_bytes", of.tempBytes.sum())
        .set("deadlocks", of.deadlocks.sum())
        .set("blk_read_time", 0.0)
        .set("blk_write_time", 0.0);
    if (session.client().gucs().get(Gucs.DATA_CHECKSUMS)) {
      row.set("checksum_failures", of.checksumFailures.sum());
      RelationStatisticsViews.time(row, "checksum_last_failure", of.checksumLastFailureMicros());
    }
    sessions(row, of, connected, now);
    RelationStatisticsViews.time(row, "stats_reset", of.resetMicros());
  }

  /// The sessions that have ended, and what those that are there have used so far.
  private static void sessions(
      VirtualRow row, DatabaseCounters of, List<ProcessStatus> connected, long now) {
    double session = of.sessionTime.sum();
    double active = of.activeTime.sum();
    double idleInTransaction = of.idleInTransactionTime.sum();
    for (ProcessStatus process : connected) {
      if (process.clientPort() != null) {
        session += now - process.backendStart();
        active += process.activeMicros();
        idleInTransaction += process.idleInTransactionMicros();
      }
    }
    row.set("session_time", session / MICROS_PER_MS)
        .set("active_time", active / MICROS_PER_MS)
        .set("idle_in_transaction_time", idleInTransaction / MICROS_PER_MS)
        .set("sessions", of.sessions.sum())
        .set("sessions_abandoned", of.sessionsAbandoned.sum())
        .set("sessions_fatal", of.sessionsFatal.sum())
        .set("sessions_killed", of.sessionsKilled.sum());
  }

  /// There is no standby on which a query could conflict with redo.
  private static List<Consumer<VirtualRow>> conflicts(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (CatalogRow database : session.reader().scan("pg_database", r -> true)) {
      rows.add(row -> {
        row.copy("datid", database, "oid").copy("datname", database, "datname");
        for (String kind : List.of("tablespace", "lock", "snapshot", "bufferpin", "deadlock")) {
          row.set("confl_" + kind, 0);
        }
      });
    }
    return rows;
  }

  private static void bgwriter(VirtualRow row, Counters c) {
    row.set("checkpoints_timed", c.checkpointsTimed.sum())
        .set("checkpoints_req", c.checkpointsReq.sum())
        .set("checkpoint_write_time", c.checkpointWriteTime.sum() / MICROS_PER_MS)
        .set("checkpoint_sync_time", c.checkpointSyncTime.sum() / MICROS_PER_MS)
        .set("buffers_checkpoint", c.buffersCheckpoint.sum())
        .set("buffers_clean", c.buffersClean.sum())
        .set("maxwritten_clean", c.maxwrittenClean.sum())
        .set("buffers_backend", c.buffersBackend.sum())
        .set("buffers_backend_fsync", c.buffersBackendFsync.sum())
        .set("buffers_alloc", c.buffersAlloc.sum());
    RelationStatisticsViews.time(row, "stats_reset", c.resetMicros(Counters.Shared.BGWRITER));
  }

  private static void wal(VirtualRow row, Counters c) {
    row.set("wal_records", c.walRecords.sum())
        .set("wal_fpi", c.walFpi.sum())
        .set("wal_bytes", c.walBytes.sum())
        .set("wal_buffers_full", c.walBuffersFull.sum())
        .set("wal_write", c.walWrite.sum())
        .set("wal_sync", c.walSync.sum())
        .set("wal_write_time", c.walWriteTime.sum() / MICROS_PER_MS)
        .set("wal_sync_time", c.walSyncTime.sum() / MICROS_PER_MS);
    RelationStatisticsViews.time(row, "stats_reset", c.resetMicros(Counters.Shared.WAL));
  }

  private static void recoveryPrefetch(VirtualRow row, RecoveryPrefetchCounters c) {
    row.set("prefetch", c.prefetch.sum())
        .set("hit", c.hit.sum())
        .set("skip_init", c.skipInit.sum())
        .set("skip_new", c.skipNew.sum())
        .set("skip_fpw", c.skipFpw.sum())
        .set("skip_rep", c.skipRep.sum())
        .set("wal_distance", c.walDistance())
        .set("block_distance", c.blockDistance())
        .set("io_depth", c.ioDepth());
    RelationStatisticsViews.time(row, "stats_reset", c.resetMicros());
  }

  private static void archiver(VirtualRow row, Counters c) {
    ArchiverCounters.Reading a = c.archiver.read();
    row.set("archived_count", a.archived())
        .set("last_archived_wal", a.lastArchived())
        .set("failed_count", a.failed())
        .set("last_failed_wal", a.lastFailed());
    RelationStatisticsViews.time(row, "last_archived_time", a.lastArchivedMicros());
    RelationStatisticsViews.time(row, "last_failed_time", a.lastFailedMicros());
    RelationStatisticsViews.time(row, "stats_reset", c.resetMicros(Counters.Shared.ARCHIVER));
  }
}
