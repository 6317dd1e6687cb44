package dev.lifeline.catalog;

import dev.lifeline.utils.activity.AnalyzeProgress;
import dev.lifeline.utils.activity.ClusterProgress;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.activity.CreateIndexProgress;
import dev.lifeline.utils.activity.ProgressReports;
import dev.lifeline.utils.activity.VacuumProgress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The views that show how far the commands are that take their time: `pg_stat_progress_*`.
final class ProgressViews {
  private ProgressViews() {}

  static void register(VirtualTables tables) {
    add(tables, "pg_stat_progress_vacuum", c -> c.vacuums, ProgressViews::vacuum);
    add(tables, "pg_stat_progress_analyze", c -> c.analyzes, ProgressViews::analyze);
    add(tables, "pg_stat_progress_create_index", c -> c.indexBuilds, ProgressViews::createIndex);
    add(tables, "pg_stat_progress_cluster", c -> c.rewrites, ProgressViews::cluster);
  }

  private interface Filler<T> {
    void fill(VirtualRow row, T progress, BackendCatalog session);
  }

  private static <T> void add(
      VirtualTables tables,
      String name,
      Function<Counters, ProgressReports<T>> reports,
      Filler<T> filler) {
    tables.register(
        name,
        new BuiltTable(
            name,
            session -> {
              List<Consumer<VirtualRow>> rows = new ArrayList<>();
              Counters counters = session.catalogs().shared().counters();
              for (T progress : reports.apply(counters).all()) {
                rows.add(row -> filler.fill(row, progress, session));
              }
              return rows;
            }));
  }

  /// What all of them begin with.
  private static VirtualRow begin(
      VirtualRow row, BackendCatalog session, int pid, int database, int relation) {
    row.set("pid", pid).oid("datid", database).oid("relid", relation);
    return row.set("datname", session.databaseName(database));
  }

  private static void vacuum(VirtualRow row, VacuumProgress vacuum, BackendCatalog session) {
    begin(row, session, vacuum.pid(), vacuum.databaseOid(), vacuum.relationOid())
        .set("phase", vacuum.phase())
        .set("heap_blks_total", vacuum.heapBlksTotal())
        .set("heap_blks_scanned", vacuum.heapBlksScanned())
        .set("heap_blks_vacuumed", vacuum.heapBlksVacuumed())
        .set("index_vacuum_count", vacuum.indexVacuumCount())
        .set("max_dead_tuples", vacuum.maxDeadTuples())
        .set("num_dead_tuples", vacuum.numDeadTuples());
  }

  /// There are neither extended statistics nor child tables.
  private static void analyze(VirtualRow row, AnalyzeProgress analyze, BackendCatalog session) {
    begin(row, session, analyze.pid(), analyze.databaseOid(), analyze.relationOid())
        .set("phase", analyze.phase())
        .set("sample_blks_total", analyze.sampleBlksTotal())
        .set("sample_blks_scanned", analyze.sampleBlksScanned())
        .set("ext_stats_total", 0L)
        .set("ext_stats_computed", 0L)
        .set("child_tables_total", 0L)
        .set("child_tables_done", 0L)
        .oid("current_child_table_relid", 0);
  }

  /// Nobody is waited for, because nothing is built concurrently, and there are no partitions.
  private static void createIndex(
      VirtualRow row, CreateIndexProgress build, BackendCatalog session) {
    begin(row, session, build.pid(), build.databaseOid(), build.relationOid())
        .oid("index_relid", build.indexOid())
        .set("command", build.command())
        .set("phase", build.phase())
        .set("lockers_total", 0L)
        .set("lockers_done", 0L)
        .set("current_locker_pid", 0L)
        .set("blocks_total", build.blocksTotal())
        .set("blocks_done", build.blocksDone())
        .set("tuples_total", build.tuplesTotal())
        .set("tuples_done", build.tuplesDone())
        .set("partitions_total", 0L)
        .set("partitions_done", 0L);
  }

  private static void cluster(VirtualRow row, ClusterProgress cluster, BackendCatalog session) {
    begin(row, session, cluster.pid(), cluster.databaseOid(), cluster.relationOid())
        .set("command", cluster.command())
        .set("phase", cluster.phase())
        .oid("cluster_index_relid", cluster.clusterIndexOid())
        .set("heap_tuples_scanned", cluster.heapTuplesScanned())
        .set("heap_tuples_written", cluster.heapTuplesWritten())
        .set("heap_blks_total", cluster.heapBlksTotal())
        .set("heap_blks_scanned", cluster.heapBlksScanned())
        .set("index_rebuild_count", cluster.indexRebuildCount());
  }
}
