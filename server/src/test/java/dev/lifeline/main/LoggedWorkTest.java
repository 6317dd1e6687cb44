package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.replication.PGReplicationStream;

/// What `log_replication_commands`, `log_temp_files` and `log_hostname` bring into the log, what
/// decoding says there, and what `pg_stat_replication` shows of a client's lag: a real PostgreSQL
/// 15 and Lifeline, side by side.
class LoggedWorkTest {
  private static final String CONFIGURATION =
      """
      listen_addresses = '127.0.0.1'
      unix_socket_directories = ''
      shared_buffers = 16MB
      fsync = off
      wal_level = logical
      autovacuum = off
      logging_collector = off
      log_destination = 'stderr'
      log_line_prefix = '%p|%b|%u|%d|%a %h|%e|'
      log_checkpoints = off
      log_replication_commands = on
      """;

  @TempDir private java.nio.file.Path dir;

  @Test
  void lifelineLogsItsWorkAsPostgresqlDoes() throws Exception {
    Map<String, List<String>> expected;
    Map<String, List<String>> actual;
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        ReferenceServer lifeline = ReferenceServer.lifeline(dir)) {
      CompletableFuture<Map<String, List<String>>> reference =
          CompletableFuture.supplyAsync(() -> script(postgres), ReferenceScript.THREADS);
      actual = script(lifeline);
      expected = reference.get();
    }
    expected.forEach((step, lines) ->
        assertEquals(
            String.join("\n", lines),
            String.join("\n", actual.getOrDefault(step, List.of())),
            step));
  }

  private static Map<String, List<String>> script(ReferenceServer server) {
    try {
      return new Script(server).run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// One server's run.
  private static final class Script {
    private final ReferenceServer server;
    private final Map<String, List<String>> steps = new LinkedHashMap<>();
    private final List<String> seen = new ArrayList<>();

    Script(ReferenceServer server) {
      this.server = server;
    }

    private interface Step {
      void run() throws Exception;
    }

    Map<String, List<String>> run() throws Exception {
      server.configure(CONFIGURATION + "port = " + server.port());
      server.start();
      try (Connection session = server.connect()) {
        execute(session, "CREATE TABLE t (id int PRIMARY KEY)");
        execute(session, "CREATE TABLE big (id int)");
        execute(session, "INSERT INTO big SELECT g FROM generate_series(1, 30000) g");
        execute(session, "CREATE PUBLICATION p FOR TABLE t");
      }
      step("commands of replication", this::commands);
      step("a slot that waits for a transaction", this::waitingSlot);
      step("streams", this::stream);
      step("functions", this::functions);
      step("temporary files", this::temporaryFiles);
      step("silent connections", this::keepalives);
      step("names of hosts", this::hostNames);
      return steps;
    }

    private void step(String name, Step step) throws Exception {
      seen.clear();
      int before = server.log().size();
      step.run();
      Thread.sleep(300);
      List<String> lines = new ArrayList<>(seen);
      ReferenceLog.normalize(server.log().subList(before, server.log().size())).stream()
          .map(Script::withoutNumbers)
          .forEach(lines::add);
      steps.put(name, lines);
    }

    private static String withoutNumbers(String line) {
      return line.replaceAll("[0-9A-F]{8}-[0-9A-F]{8}-\\d+", "<snapshot>")
          .replaceAll("older than \\d+", "older than <xid>")
          .replaceAll("pgsql_tmp\\d+\\.\\d+\", size \\d+", "pgsql_tmp<n>\", size <n>");
    }

    private void execute(Connection session, String sql) {
      try (Statement statement = session.createStatement()) {
        statement.execute(sql);
      } catch (SQLException e) {
        seen.add(sql + ": " + e.getSQLState());
      }
    }

    private void commands() throws Exception {
      try (Connection session = server.connectReplicating()) {
        execute(session, "IDENTIFY_SYSTEM");
        execute(session, "SHOW work_mem");
        execute(session, "CREATE_REPLICATION_SLOT exported LOGICAL test_decoding");
        execute(session, "SELECT 1");
        execute(session, "DROP_REPLICATION_SLOT exported");
        execute(session, "DROP_REPLICATION_SLOT nothing");
        execute(session, "IDENTIFY NOTHING");
        execute(session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
        execute(session, "CREATE_REPLICATION_SLOT used LOGICAL test_decoding (SNAPSHOT 'use')");
        execute(session, "COMMIT");
        execute(session, "DROP_REPLICATION_SLOT used");
        execute(session, "SET log_replication_commands = off");
        execute(session, "IDENTIFY_SYSTEM");
      }
    }

    private void waitingSlot() throws Exception {
      try (Connection writer = server.connect();
          Connection session = server.connectReplicating()) {
        execute(writer, "BEGIN");
        execute(writer, "INSERT INTO t VALUES (100)");
        int before = server.log().size();
        CompletableFuture<Void> creating =
            CompletableFuture.runAsync(
                () -> execute(session, "CREATE_REPLICATION_SLOT patient LOGICAL test_decoding"),
                ReferenceScript.THREADS);
        server.awaitLog(before, "Waiting for transactions");
        execute(writer, "COMMIT");
        creating.get(60, TimeUnit.SECONDS);
        execute(session, "DROP_REPLICATION_SLOT patient");
      }
    }

    /// What a client sees of itself, that tells how far it is.
    private void stream() throws Exception {
      try (Connection session = server.connect();
          Connection replicating = server.connectReplicating()) {
        PGConnection client = replicating.unwrap(PGConnection.class);
        execute(replicating, "CREATE_REPLICATION_SLOT s LOGICAL pgoutput (SNAPSHOT 'nothing')");
        PGReplicationStream stream =
            client
                .getReplicationAPI()
                .replicationStream()
                .logical()
                .withSlotName("s")
                .withSlotOption("proto_version", 1)
                .withSlotOption("publication_names", "p")
                .withStatusInterval(1, TimeUnit.HOURS)
                .start();
        lags(session, "before anything");
        execute(session, "INSERT INTO t VALUES (1)");
        drain(stream);
        Thread.sleep(100);
        tell(stream);
        awaitLags(session, "applied", "[t|t|t|t]");
        tell(stream);
        awaitLags(session, "nothing left", "[f|null|null|null]");
        stream.close();
      }
      try (Connection session = server.connectReplicating()) {
        execute(session, "DROP_REPLICATION_SLOT s");
      }
    }

    private static void drain(PGReplicationStream stream) throws Exception {
      // Begin, the table, the row, commit.
      for (int i = 0; i < 4; ) {
        if (stream.readPending() == null) {
          Thread.sleep(10);
        } else {
          i++;
        }
      }
    }

    private static void tell(PGReplicationStream stream) throws Exception {
      while (stream.readPending() != null) {
        Thread.onSpinWait();
      }
      stream.setFlushedLSN(stream.getLastReceiveLSN());
      stream.setAppliedLSN(stream.getLastReceiveLSN());
      stream.forceUpdateStatus();
    }

    private static String lags(Connection session) throws Exception {
      return ReplicationSteps.rows(
              session,
              """
              SELECT state = 'streaming' AND write_lag IS NOT NULL,
                write_lag >= '90 ms' AND write_lag < '1 min', flush_lag >= write_lag,
                replay_lag >= flush_lag
              FROM pg_stat_replication
              """)
          .toString();
    }

    private void lags(Connection session, String when) throws Exception {
      seen.add(when + ": " + lags(session));
    }

    private void awaitLags(Connection session, String when, String wanted) throws Exception {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
      while (!lags(session).contains(wanted) && System.nanoTime() < until) {
        Thread.sleep(20);
      }
      lags(session, when);
    }

    private void functions() throws Exception {
      try (Connection session = server.connect()) {
        execute(
            session,
            "SELECT slot_name FROM pg_create_logical_replication_slot('f', 'test_decoding')");
        execute(session, "INSERT INTO t VALUES (200)");
        execute(session, "SELECT data FROM pg_logical_slot_peek_changes('f', NULL, NULL)");
        execute(session, "SELECT data FROM pg_logical_slot_get_changes('f', NULL, NULL)");
        execute(session, "SELECT pg_drop_replication_slot('f')");
      }
    }

    private void temporaryFiles() throws Exception {
      String sort = "SELECT max(id) FROM (SELECT id FROM big ORDER BY id DESC OFFSET 1) s";
      try (Connection session = server.connect()) {
        execute(session, "SET work_mem = '64kB'");
        execute(session, sort);
        execute(session, "SET log_temp_files = 0");
        execute(session, sort);
        execute(session, "SET log_temp_files = '1GB'");
        execute(session, sort);
        execute(session, "SET log_temp_files = '1kB'");
        execute(session, "BEGIN");
        execute(session, sort);
        execute(session, "COMMIT");
        execute(session, "SET maintenance_work_mem = '1MB'");
        execute(session, "CREATE INDEX ON big (id)");
      }
    }

    /// SHOW tells what the socket has, which the system may have refused.
    private void keepalives() throws Exception {
      String all =
          "SELECT name, setting, reset_val FROM pg_settings WHERE name LIKE 'tcp\\_%' ORDER BY name";
      try (Connection session = server.connect()) {
        seen.addAll(ReplicationSteps.rows(session, all));
        execute(session, "SET tcp_keepalives_idle = '2min'");
        execute(session, "SET tcp_keepalives_interval = 7");
        execute(session, "SET tcp_keepalives_count = 3");
        execute(session, "SET tcp_user_timeout = '12s'");
        seen.addAll(ReplicationSteps.rows(session, all));
        seen.addAll(ReferenceServer.query(session, "SHOW tcp_keepalives_idle"));
        seen.addAll(ReferenceServer.query(session, "SHOW tcp_user_timeout"));
        execute(session, "SET tcp_keepalives_idle = 100000");
        execute(session, "SET tcp_keepalives_count = 200");
        execute(session, "SET tcp_keepalives_interval = -1");
        seen.addAll(ReplicationSteps.rows(session, all));
        execute(session, "RESET tcp_keepalives_idle");
        execute(session, "SET tcp_keepalives_interval = 0");
        execute(session, "RESET tcp_keepalives_count");
        execute(session, "RESET tcp_user_timeout");
        seen.addAll(ReplicationSteps.rows(session, all));
      }
    }

    private void hostNames() throws Exception {
      server.configure("log_hostname = on\nlog_connections = on\nlog_disconnections = on");
      try (Connection session = server.connect()) {
        ReferenceServer.query(session, "SELECT pg_reload_conf()");
        Thread.sleep(500);
        try (Connection named = server.connect()) {
          seen.addAll(
              ReplicationSteps.rows(
                  named,
                  "SELECT client_addr, client_hostname FROM pg_stat_activity"
                      + " WHERE pid = pg_backend_pid()"));
          execute(named, "SELECT 1/0");
        }
        Thread.sleep(300);
      }
    }
  }
}
