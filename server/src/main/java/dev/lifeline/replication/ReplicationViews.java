package dev.lifeline.replication;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.BuiltTable;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.Database;
import dev.lifeline.catalog.VirtualRow;
import dev.lifeline.catalog.VirtualTables;
import dev.lifeline.events.Lsn;
import dev.lifeline.replication.logical.SlotStatistics;
import dev.lifeline.utils.activity.ProcessStatus;
import dev.lifeline.utils.activity.ServerActivity;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Interval;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;

/// The system views of replication.
public final class ReplicationViews {
  private final Replication replication;
  private final ServerActivity server;

  private ReplicationViews(Replication replication, ServerActivity server) {
    this.replication = replication;
    this.server = server;
  }

  public static void register(
      VirtualTables tables, Replication replication, ServerActivity server) {
    ReplicationViews views = new ReplicationViews(replication, server);
    add(tables, "pg_replication_slots", views::slots);
    add(tables, "pg_stat_replication", session -> views.senders());
    add(tables, "pg_stat_replication_slots", session -> views.slotStatistics());
    add(tables, "pg_replication_origin_status", views::origins);
  }

  private static void add(
      VirtualTables tables,
      String name,
      Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    tables.register(name, new BuiltTable(name, rows));
  }

  private List<Consumer<VirtualRow>> slots(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ReplicationSlot slot : replication.slots().list()) {
      Database database = session.database(slot.databaseOid());
      rows.add(row -> slot(row, slot, database == null ? "" : database.name()));
    }
    return rows;
  }

  private void slot(VirtualRow row, ReplicationSlot slot, String database) {
    int pid = slot.activePid();
    row.set("slot_name", slot.name())
        .set("plugin", slot.plugin())
        .set("slot_type", "logical")
        .oid("datoid", slot.databaseOid())
        .set("database", database)
        .set("temporary", slot.temporary())
        .set("active", pid != 0)
        .set("wal_status", replication.walStatus(slot))
        .set("two_phase", false);
    Long safe = replication.safeWalSize(slot);
    if (safe != null) {
      row.set("safe_wal_size", safe);
    }
    if (pid != 0) {
      row.set("active_pid", pid);
    }
    if (!slot.isLost()) {
      row.set("restart_lsn", slot.restartLsn());
    }
    row.set("confirmed_flush_lsn", slot.confirmedFlush());
  }

  private List<Consumer<VirtualRow>> senders() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ProcessStatus process : server.processes()) {
      WalSenderStatus sender = replication.sender(process.pid());
      if (sender != null) {
        rows.add(row -> sender(row, process, sender));
      }
    }
    return rows;
  }

  private static void sender(VirtualRow row, ProcessStatus process, WalSenderStatus sender) {
    row.set("pid", process.pid())
        .oid("usesysid", process.userOid())
        .set("usename", process.userName())
        .set("application_name", process.applicationName())
        .set("client_addr", process.clientAddress())
        .set("client_hostname", process.clientHostname())
        .set("backend_start", process.backendStart() - EvalContext.EPOCH_SHIFT)
        .set("state", sender.state())
        .set("sync_priority", 0)
        .set("sync_state", "async");
    Integer port = process.clientPort();
    if (port != null) {
      row.set("client_port", port);
    }
    lsn(row, "sent_lsn", sender.sentLsn());
    lsn(row, "write_lsn", sender.writeLsn());
    lsn(row, "flush_lsn", sender.flushLsn());
    lsn(row, "replay_lsn", sender.applyLsn());
    lag(row, "write_lag", sender.writeLagNanos());
    lag(row, "flush_lag", sender.flushLagNanos());
    lag(row, "replay_lag", sender.applyLagNanos());
    if (sender.replyTime() != 0) {
      row.set("reply_time", sender.replyTime() - EvalContext.EPOCH_SHIFT);
    }
  }

  private static void lag(VirtualRow row, String column, long nanos) {
    if (nanos >= 0) {
      row.set(column, new Interval(nanos / 1000, 0, 0));
    }
  }

  private static void lsn(VirtualRow row, String column, long lsn) {
    if (lsn != Lsn.INVALID) {
      row.set(column, lsn);
    }
  }

  private List<Consumer<VirtualRow>> slotStatistics() {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ReplicationSlot slot : replication.slots().list()) {
      SlotStatistics statistics = slot.statistics();
      rows.add(row ->
          row.set("slot_name", slot.name())
              .set("spill_txns", statistics.spillTxns.sum())
              .set("spill_count", statistics.spillCount.sum())
              .set("spill_bytes", statistics.spillBytes.sum())
              .set("stream_txns", 0)
              .set("stream_count", 0)
              .set("stream_bytes", 0)
              .set("total_txns", statistics.totalTxns.sum())
              .set("total_bytes", statistics.totalBytes.sum()));
    }
    return rows;
  }

  private List<Consumer<VirtualRow>> origins(BackendCatalog session) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ReplicationOrigins.Progress one : replication.origins().list()) {
      CatalogRow named =
          session
              .reader()
              .one("pg_replication_origin", "pg_replication_origin_roiident_index", one.id());
      rows.add(row -> {
        row.oid("local_id", one.id())
            .set("external_id", named == null ? null : named.text("roname"));
        lsn(row, "remote_lsn", one.remoteLsn());
        lsn(row, "local_lsn", one.localLsn());
      });
    }
    return rows;
  }
}
