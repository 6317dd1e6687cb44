package dev.lifeline.catalog;

import dev.lifeline.utils.activity.ProcessStatus;
import dev.lifeline.utils.activity.ServerActivity;
import dev.lifeline.utils.guc.Gucs;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The views over the processes: `pg_stat_activity` and its kin.
///
/// Who is neither a superuser, nor a member of `pg_read_all_stats`, nor of the other session's role
/// is told of that one only that it is there.
final class ActivityViews {
  static final String HIDDEN = "<insufficient privilege>";

  /// Members may read everybody's statistics.
  private static final int PG_READ_ALL_STATS = 3375;

  private ActivityViews() {}

  static void register(VirtualTables tables, ServerActivity server) {
    add(tables, "pg_stat_activity", session -> activity(session, server));
    add(tables, "pg_stat_ssl", session -> encryption(session, server, ActivityViews::ssl));
    add(
        tables,
        "pg_stat_gssapi",
        session -> encryption(session, server, (row, process) -> gssapi(row)));
  }

  private static void add(
      VirtualTables tables,
      String name,
      Function<BackendCatalog, List<Consumer<VirtualRow>>> rows) {
    tables.register(name, new BuiltTable(name, rows));
  }

  /// Whether the session may see what another one of that role (0: none) is doing.
  static boolean mayRead(BackendCatalog session, int roleOid) {
    return session.superuser()
        || session.rights().isMember(session.userOid(), PG_READ_ALL_STATS)
        || (roleOid != 0 && session.rights().isMember(session.userOid(), roleOid));
  }

  private static List<Consumer<VirtualRow>> activity(
      BackendCatalog session, ServerActivity server) {
    Map<Integer, Locking> locking = Locking.ofAll(session);
    int size = Math.toIntExact(session.client().gucs().get(Gucs.TRACK_ACTIVITY_QUERY_SIZE)) - 1;
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ProcessStatus process : server.processes()) {
      boolean mayRead = mayRead(session, process.userOid());
      Locking own = locking.getOrDefault(process.pid(), Locking.NOTHING);
      rows.add(row -> {
        identity(row, process);
        if (mayRead) {
          state(row, process, own, size);
        } else {
          row.set("query", HIDDEN);
        }
      });
    }
    return rows;
  }

  private static void identity(VirtualRow row, ProcessStatus process) {
    row.set("pid", process.pid()).set("application_name", process.applicationName());
    if (process.databaseOid() != 0) {
      row.oid("datid", process.databaseOid()).set("datname", process.databaseName());
    }
    if (process.userOid() != 0) {
      row.oid("usesysid", process.userOid()).set("usename", process.userName());
    }
  }

  private static void state(VirtualRow row, ProcessStatus process, Locking locking, int size) {
    row.set("client_addr", process.clientAddress())
        .set("client_hostname", process.clientHostname())
        .set("state", process.state())
        .set("query", clipped(process.query(), size))
        .set("backend_type", process.backendType());
    Integer port = process.clientPort();
    if (port != null) {
      row.set("client_port", port);
    }
    RelationStatisticsViews.time(row, "backend_start", process.backendStart());
    RelationStatisticsViews.time(row, "xact_start", process.transactionStart());
    RelationStatisticsViews.time(row, "query_start", process.queryStart());
    RelationStatisticsViews.time(row, "state_change", process.stateChange());
    if (locking.waitsFor != null) {
      row.set("wait_event_type", "Lock").set("wait_event", locking.waitsFor);
    } else {
      row.set("wait_event_type", process.waitEventType()).set("wait_event", process.waitEvent());
    }
    if (locking.xid != 0) {
      row.set("backend_xid", locking.xid);
    }
    if (locking.xmin != 0) {
      row.set("backend_xmin", locking.xmin);
    }
  }

  /// As much of a text as fits into so many bytes.
  private static String clipped(String query, int size) {
    if (query.length() * 3L <= size) {
      return query;
    }
    byte[] bytes = query.getBytes(StandardCharsets.UTF_8);
    if (bytes.length <= size) {
      return query;
    }
    int end = size;
    while (end > 0 && (bytes[end] & 0xC0) == 0x80) {
      end--;
    }
    return new String(bytes, 0, end, StandardCharsets.UTF_8);
  }

  /// What the transaction of a process holds and waits for.
  private record Locking(@Nullable String waitsFor, long xid, long xmin) {
    static final Locking NOTHING = new Locking(null, 0, 0);

    static Map<Integer, Locking> ofAll(BackendCatalog session) {
      Map<Integer, String> waits = new HashMap<>();
      for (var lock : session.catalogs().locks().list()) {
        if (!lock.granted()) {
          waits.put(lock.pid(), lock.tag().type().pgName());
        }
      }
      Map<Integer, Locking> all = new HashMap<>();
      var procs = session.catalogs().shared().transactions().procs();
      for (var proc : procs.procs()) {
        all.put(proc.pid(), new Locking(waits.get(proc.pid()), procs.topXid(proc), proc.xmin()));
      }
      return all;
    }
  }

  /// One row for each session with a client.
  private static List<Consumer<VirtualRow>> encryption(
      BackendCatalog session,
      ServerActivity server,
      BiConsumer<VirtualRow, ProcessStatus> columns) {
    List<Consumer<VirtualRow>> rows = new ArrayList<>();
    for (ProcessStatus process : server.processes()) {
      if (process.clientPort() != null) {
        boolean mayRead = mayRead(session, process.userOid());
        rows.add(row -> {
          row.set("pid", process.pid());
          if (mayRead) {
            columns.accept(row, process);
          }
        });
      }
    }
    return rows;
  }

  private static void ssl(VirtualRow row, ProcessStatus process) {
    ProcessStatus.Encryption encryption = process.encryption();
    row.set("ssl", encryption != null);
    if (encryption != null) {
      row.set("version", encryption.version())
          .set("cipher", encryption.cipher())
          .set("bits", encryption.bits())
          .set("client_dn", encryption.clientDn())
          .set("client_serial", encryption.clientSerial())
          .set("issuer_dn", encryption.issuerDn());
    }
  }

  private static void gssapi(VirtualRow row) {
    row.set("gss_authenticated", false).set("encrypted", false);
  }
}
