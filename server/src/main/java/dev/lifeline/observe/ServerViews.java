package dev.lifeline.observe;

import dev.lifeline.events.Lsn;
import dev.lifeline.observe.views.Differences;
import dev.lifeline.observe.views.Snapshot;
import dev.lifeline.observe.views.Snapshot.Activity;
import dev.lifeline.observe.views.Snapshot.Archiver;
import dev.lifeline.observe.views.Snapshot.LockWait;
import dev.lifeline.observe.views.Snapshot.Sender;
import dev.lifeline.observe.views.Snapshot.VacuumProgress;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Asks a server's statistics views, and tells what has changed since they were asked last.
final class ServerViews {
  /// How often they are asked, at most.
  static final long INTERVAL_MS = 1000;

  private static final String ACTIVITY =
      """
      SELECT pid, coalesce(backend_type, '') AS backend_type, backend_start, usename::text, datname::text,
        application_name, host(client_addr) AS client_addr, client_port,
        state = 'active' AS active, clock_timestamp() AS taken
      FROM pg_stat_activity\
      """;
  private static final String DATABASES =
      """
      SELECT sum(xact_commit)::int8 AS xact_commit, sum(xact_rollback)::int8 AS xact_rollback,
        sum(blks_read)::int8 AS blks_read, sum(blks_hit)::int8 AS blks_hit,
        sum(tup_returned)::int8 AS tup_returned, sum(tup_fetched)::int8 AS tup_fetched,
        sum(tup_inserted)::int8 AS tup_inserted, sum(tup_updated)::int8 AS tup_updated,
        sum(tup_deleted)::int8 AS tup_deleted, sum(deadlocks)::int8 AS deadlocks,
      """;
  private static final String LSNS =
      """
      (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
        ELSE pg_current_wal_insert_lsn() END)::text AS insert_lsn,
      (CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
        ELSE pg_current_wal_flush_lsn() END)::text AS flush_lsn\
      """;
  private static final String WAL_OF_14 =
      """
      (SELECT wal_records FROM pg_stat_wal) AS wal_records,
      (SELECT wal_fpi FROM pg_stat_wal) AS wal_fpi,
      (SELECT wal_bytes::int8 FROM pg_stat_wal) AS wal_bytes,
      """;
  private static final String WRITERS_OF_13 =
      """
      (SELECT buffers_checkpoint FROM pg_stat_bgwriter) AS buffers_checkpoint,
      (SELECT buffers_clean FROM pg_stat_bgwriter) AS buffers_clean,
      (SELECT buffers_backend FROM pg_stat_bgwriter) AS buffers_backend,
      (SELECT buffers_alloc FROM pg_stat_bgwriter) AS buffers_alloc,
      """;
  private static final String WRITERS_OF_17 =
      """
      (SELECT buffers_written FROM pg_stat_checkpointer) AS buffers_checkpoint,
      (SELECT buffers_clean FROM pg_stat_bgwriter) AS buffers_clean,
      (SELECT sum(writes)::int8 FROM pg_stat_io WHERE backend_type = 'client backend') AS buffers_backend,
      (SELECT buffers_alloc FROM pg_stat_bgwriter) AS buffers_alloc,
      """;
  private static final String WAL_SYNC_OF_14 = "(SELECT wal_sync FROM pg_stat_wal) AS wal_sync,";
  private static final String WAL_SYNC_OF_18 =
      "(SELECT sum(fsyncs)::int8 FROM pg_stat_io WHERE object = 'wal') AS wal_sync,";
  private static final String VACUUMS =
      """
      SELECT p.pid, p.datname::text, coalesce(n.nspname::text, '') AS schemaname,
        coalesce(c.relname::text, p.relid::text) AS relname
      FROM pg_stat_progress_vacuum p
      LEFT JOIN pg_class c ON c.oid = p.relid AND p.datname = current_database()
      LEFT JOIN pg_namespace n ON n.oid = c.relnamespace\
      """;
  private static final String SENDERS =
      """
      SELECT pid, application_name, host(client_addr) AS client_addr, sent_lsn::text
      FROM pg_stat_replication\
      """;
  private static final String ARCHIVER =
      "SELECT archived_count, last_archived_wal FROM pg_stat_archiver";
  private static final String WAITS =
      """
      SELECT pid, mode, locktype, pg_blocking_pids(pid) AS blocking_pids,
        CASE WHEN locktype = 'relation' THEN 'relation ' || relation || ' of database ' || database
          WHEN locktype = 'transactionid' THEN 'transaction ' || transactionid
          WHEN locktype = 'tuple' THEN 'tuple (' || page || ',' || tuple || ') of relation '
            || relation || ' of database ' || database
          ELSE locktype END AS target
      FROM pg_locks WHERE NOT granted\
      """;

  private static final int WAL_VIEW = 14;
  private static final int CHECKPOINTER_VIEW = 17;
  private static final int WAL_IN_IO_VIEW = 18;

  private final ServerFacts facts;
  private final Observation observation;
  private final String databases;
  private final int ownPid;
  private final Differences differences;
  private @Nullable Snapshot told;
  private @Nullable Snapshot taken;

  /// The views of an attached server.
  ///
  /// @param ownPid the observer's own backend, whose being active is nobody's load
  ServerViews(ServerFacts facts, Observation observation, int ownPid) {
    this.facts = facts;
    this.observation = observation;
    this.ownPid = ownPid;
    databases = DATABASES + ofVersion(facts.major()) + LSNS + " FROM pg_stat_database";
    differences =
        new Differences(
            facts.major(),
            locksAreLogged(facts),
            facts.logsConnections() && facts.readsLog(),
            observation.story());
  }

  private static boolean locksAreLogged(ServerFacts facts) {
    return facts.logsLockWaits() && facts.readsLog();
  }

  private static String ofVersion(int major) {
    String wal = major < WAL_VIEW ? "" : WAL_OF_14;
    String sync = major < WAL_VIEW ? "" : major < WAL_IN_IO_VIEW ? WAL_SYNC_OF_14 : WAL_SYNC_OF_18;
    return wal + sync + (major < CHECKPOINTER_VIEW ? WRITERS_OF_13 : WRITERS_OF_17);
  }

  /// Takes a snapshot; [#tell] tells it.
  Future<Void> take(ServerLink link) {
    Future<RowSet<Row>> activity = link.rows(ACTIVITY);
    Future<RowSet<Row>> counters = link.rows(databases);
    Future<RowSet<Row>> vacuums = link.rows(VACUUMS);
    Future<RowSet<Row>> senders = link.rows(SENDERS);
    Future<RowSet<Row>> archiver = link.rows(ARCHIVER);
    Future<@Nullable RowSet<Row>> waits =
        locksAreLogged(facts) ? Future.succeededFuture() : link.rows(WAITS).map(rows -> rows);
    return Future.join(List.of(activity, counters, vacuums, senders, archiver, waits))
        .map(all -> {
          taken =
              new Snapshot(
                  time(activity.result()),
                  activity(activity.result()),
                  counters(counters.result()),
                  vacuums(vacuums.result()),
                  senders(senders.result()),
                  archiver(archiver.result()),
                  waits(waits.result()));
          return null;
        });
  }

  /// Writes what has changed; the log was read to its end after the snapshot was taken.
  void tell() {
    Snapshot now = taken;
    if (now == null) {
      return;
    }
    for (Differences.Told event : differences.between(told, now)) {
      observation.tell(event.subject(), event.event(), event.time());
    }
    told = now;
    taken = null;
  }

  /// The server's clock: the log's times are by it too.
  private static Instant time(RowSet<Row> rows) {
    for (Row row : rows) {
      return row.getOffsetDateTime("taken").toInstant();
    }
    return Instant.now();
  }

  private Map<Integer, Activity> activity(RowSet<Row> rows) {
    Map<Integer, Activity> activity = new HashMap<>();
    for (Row row : rows) {
      int pid = row.getInteger("pid");
      OffsetDateTime start = row.getOffsetDateTime("backend_start");
      activity.put(
          pid,
          new Activity(
              pid,
              row.getString("backend_type"),
              start == null ? null : start.toInstant(),
              row.getString("usename"),
              row.getString("datname"),
              row.getString("application_name"),
              row.getString("client_addr"),
              row.getInteger("client_port"),
              pid != ownPid && Boolean.TRUE.equals(row.getBoolean("active"))));
    }
    return activity;
  }

  private static Map<String, Long> counters(RowSet<Row> rows) {
    Map<String, Long> counters = new HashMap<>();
    Row row = rows.iterator().next();
    for (int i = 0; i < row.size(); i++) {
      Object value = row.getValue(i);
      if (value instanceof Long count) {
        counters.put(row.getColumnName(i), count);
      } else if (value instanceof String lsn) {
        counters.put(row.getColumnName(i), Lsn.parse(lsn));
      }
    }
    return counters;
  }

  private static Map<Integer, VacuumProgress> vacuums(RowSet<Row> rows) {
    Map<Integer, VacuumProgress> vacuums = new HashMap<>();
    for (Row row : rows) {
      vacuums.put(
          row.getInteger("pid"),
          new VacuumProgress(
              row.getInteger("pid"),
              row.getString("datname"),
              row.getString("schemaname"),
              row.getString("relname")));
    }
    return vacuums;
  }

  private static Map<Integer, Sender> senders(RowSet<Row> rows) {
    Map<Integer, Sender> senders = new HashMap<>();
    for (Row row : rows) {
      String lsn = row.getString("sent_lsn");
      senders.put(
          row.getInteger("pid"),
          new Sender(
              row.getInteger("pid"),
              row.getString("application_name"),
              row.getString("client_addr"),
              lsn == null ? Lsn.INVALID : Lsn.parse(lsn)));
    }
    return senders;
  }

  private static Archiver archiver(RowSet<Row> rows) {
    Row row = rows.iterator().next();
    return new Archiver(row.getLong("archived_count"), row.getString("last_archived_wal"));
  }

  private static Map<Integer, LockWait> waits(@Nullable RowSet<Row> rows) {
    Map<Integer, LockWait> waits = new HashMap<>();
    if (rows != null) {
      for (Row row : rows) {
        List<Integer> blockers = new ArrayList<>();
        for (Integer pid : row.getArrayOfIntegers("blocking_pids")) {
          blockers.add(pid);
        }
        waits.put(
            row.getInteger("pid"),
            new LockWait(
                row.getInteger("pid"),
                row.getString("mode"),
                row.getString("locktype"),
                row.getString("target"),
                blockers));
      }
    }
    return waits;
  }
}
