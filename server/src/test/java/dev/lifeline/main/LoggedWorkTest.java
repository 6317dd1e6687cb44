package dev.lifeline.main;

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

/// What `log_replication_commands`, `log_temp_files`, `log_lock_waits`,
/// `log_autovacuum_min_duration` and `log_hostname` bring into the log, what decoding says there,
/// what `pg_stat_replication` shows of a client's lag, and what clients see of a crash: a real
/// PostgreSQL 15 and Lifeline, side by side.
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
    ReferenceLogTest.assertDifferences("logged-work-differences.txt", expected, actual);
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
      step("waits for locks", this::lockWaits);
      autovacuum();
      crash();
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
          .replaceAll("(rocess|transaction|relation|database|lock:|queue:) \\d+", "$1 <n>")
          .replaceAll("tuple \\([^)]*\\)", "tuple (<n>)")
          .replaceAll("after \\d+\\.\\d+ ms", "after <n> ms")
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

    private CompletableFuture<Void> executing(Connection session, String sql) {
      return CompletableFuture.runAsync(() -> execute(session, sql), ReferenceScript.THREADS);
    }

    private static void await(CompletableFuture<?>... all) throws Exception {
      for (CompletableFuture<?> one : all) {
        one.get(60, TimeUnit.SECONDS);
      }
    }

    private void lockWaits() throws Exception {
      try (Connection first = server.connect();
          Connection second = server.connect();
          Connection third = server.connect()) {
        for (Connection session : List.of(first, second, third)) {
          execute(session, "SET deadlock_timeout = '500ms'");
          execute(session, "SET log_lock_waits = on");
          execute(session, "BEGIN");
        }
        waitForRow(first, second, third);
        waitForTable(first, second, third);
        deadlock(first, second);
        execute(first, "ROLLBACK");
        execute(second, "ROLLBACK");
        waitTooLong(first, second);
      }
    }

    /// The one behind waits for the one ahead, who has the place in the line.
    private void waitForRow(Connection first, Connection second, Connection third)
        throws Exception {
      execute(first, "UPDATE t SET id = 1001 WHERE id = 1");
      int before = server.log().size();
      CompletableFuture<Void> waiting = executing(second, "DELETE FROM t WHERE id = 1");
      server.awaitLog(before, "still waiting");
      int again = server.log().size();
      CompletableFuture<Void> behind = executing(third, "DELETE FROM t WHERE id = 1");
      server.awaitLog(again, "still waiting");
      execute(first, "ROLLBACK");
      await(waiting);
      execute(second, "COMMIT");
      await(behind);
      execute(third, "COMMIT");
    }

    private void waitForTable(Connection first, Connection second, Connection third)
        throws Exception {
      execute(first, "BEGIN");
      execute(third, "BEGIN");
      execute(first, "LOCK TABLE t IN SHARE MODE");
      execute(third, "LOCK TABLE t IN SHARE MODE");
      int before = server.log().size();
      CompletableFuture<Void> waiting = executing(second, "INSERT INTO t VALUES (3000)");
      server.awaitLog(before, "still waiting");
      execute(first, "COMMIT");
      execute(third, "COMMIT");
      await(waiting);
    }

    /// The one that began to wait last finds it: its time is over last.
    private void deadlock(Connection first, Connection second) throws Exception {
      execute(first, "INSERT INTO t VALUES (4001), (4002)");
      execute(first, "BEGIN");
      execute(second, "BEGIN");
      execute(first, "UPDATE t SET id = 5001 WHERE id = 4001");
      execute(second, "UPDATE t SET id = 5002 WHERE id = 4002");
      int before = server.log().size();
      CompletableFuture<Void> waiting = executing(first, "UPDATE t SET id = 5002 WHERE id = 4002");
      server.awaitLog(before, "still waiting");
      CompletableFuture<Void> closing = executing(second, "UPDATE t SET id = 5001 WHERE id = 4001");
      await(waiting, closing);
    }

    private void waitTooLong(Connection first, Connection second) throws Exception {
      execute(first, "BEGIN");
      execute(first, "LOCK TABLE t");
      execute(second, "SET lock_timeout = '1s'");
      execute(second, "SELECT count(*) FROM t");
      execute(first, "ROLLBACK");
    }

    /// Of one table alone: the catalogs are different here and there.
    private void autovacuum() throws Exception {
      int before = server.log().size();
      try (Connection session = server.connect()) {
        execute(
            session,
            "CREATE TABLE dirty (id int PRIMARY KEY, n int) WITH (autovacuum_vacuum_threshold = 1,"
                + " autovacuum_vacuum_scale_factor = 0, autovacuum_analyze_threshold = 1)");
        execute(session, "INSERT INTO dirty SELECT g, g FROM generate_series(1, 1000) g");
        execute(session, "DELETE FROM dirty WHERE id > 300 AND id <= 700");
        server.configure(
            "autovacuum = on\nautovacuum_naptime = 1s\nlog_autovacuum_min_duration = 0");
        ReferenceServer.query(session, "SELECT pg_reload_conf()");
        server.awaitLog(before, "automatic analyze of table \"postgres.public.dirty\"");
        server.configure("autovacuum = off");
        ReferenceServer.query(session, "SELECT pg_reload_conf()");
      }
      Thread.sleep(300);
      List<String> told = new ArrayList<>();
      boolean own = false;
      for (String line : server.log().subList(before, server.log().size())) {
        own = line.startsWith("\t") ? own : line.contains("public.dirty\"");
        if (own) {
          String said = line.substring(line.lastIndexOf('|') + 1);
          told.add(said.contains("tuples: ") ? said : said.replaceAll("\\d+(\\.\\d+)?", "<n>"));
        }
      }
      steps.put("automatic vacuum", told);
    }

    /// What those see whose connections a crash ends, and those who knock until they are let in. So
    /// much is to be done again that there is time for it.
    private void crash() throws Exception {
      List<String> told = new ArrayList<>();
      try (RawClient idle = RawClient.connect(server.port(), "postgres", "postgres");
          RawClient inTransaction = RawClient.connect(server.port(), "postgres", "postgres");
          RawClient running = RawClient.connect(server.port(), "postgres", "postgres");
          Connection victim = server.connect();
          Connection killer = server.connect()) {
        inTransaction.run("BEGIN");
        inTransaction.run("INSERT INTO t VALUES (6000)");
        execute(victim, "CHECKPOINT");
        execute(victim, "INSERT INTO big SELECT g FROM generate_series(1, 400000) g");
        running.query("SELECT pg_sleep(60)");
        while (ReferenceServer.query(
                killer, "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep'")
            .isEmpty()) {
          Thread.sleep(20); // what nobody has read yet would reset the connection
        }
        int pid = ReferenceServer.backendPid(victim);
        CompletableFuture<List<String>> newcomers = newcomers();
        server.kill(killer, pid);
        told.add("idle: " + idle.untilReady());
        told.add("in transaction: " + inTransaction.untilReady());
        told.add("running: " + running.untilReady());
        told.add("newcomers: " + newcomers.get(60, TimeUnit.SECONDS));
      }
      steps.put("a crash as its clients see it", told);
    }

    /// One connection after the other, until one is let in after one was not: what they are told,
    /// each thing once.
    private CompletableFuture<List<String>> newcomers() {
      return CompletableFuture.supplyAsync(
          () -> {
            List<String> answers = new ArrayList<>();
            while (answers.isEmpty() || !answers.getLast().isEmpty()) {
              try (RawClient newcomer = RawClient.connect(server.port(), "postgres", "postgres")) {
                String answer = newcomer.greeting();
                boolean late = answer.equals("closed") || answer.contains("57P02");
                boolean early = answers.isEmpty() && answer.isEmpty();
                if (!late && !early && (answers.isEmpty() || !answer.equals(answers.getLast()))) {
                  answers.add(answer);
                }
              } catch (java.io.IOException e) {
                // It was on its way when the server had other things to do.
              }
            }
            return answers;
          },
          ReferenceScript.THREADS);
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
