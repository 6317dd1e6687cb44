package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.events.journal.VerifyReport;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` of the whole server under load, again and again: no acknowledged commit is gone, and
/// nothing half-done is there.
///
/// `-Dlifeline.kill.cycles=200` for the long run, which tells of each ten cycles;
/// `-Dlifeline.seed=...` repeats the instants.
class KillTest {
  private static final int CYCLES = Integer.getInteger("lifeline.kill.cycles", 4);
  private static final long SEED = Long.getLong("lifeline.seed", 20261122L);
  private static final int WRITERS = 4;

  @TempDir private Path dir;

  /// By writer, the last number whose commit was acknowledged.
  private final Map<Integer, Integer> acknowledged = new ConcurrentHashMap<>();

  /// By writer, the last number that was sent.
  private final Map<Integer, Integer> attempted = new ConcurrentHashMap<>();

  private final KillTransfers transfers = new KillTransfers();

  @Test
  void noAcknowledgedCommitIsLost() throws Exception {
    Random random = new Random(SEED);
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      Tools.Result init = Tools.pgbench(server, "postgres", "-i", "-s", "1", "-q");
      assertEquals(0, init.exitCode(), init.both());
      execute(server, "CREATE TABLE acked (writer int, n int, PRIMARY KEY (writer, n))");
      for (String statement : KillTransfers.schema()) {
        execute(server, statement);
      }
      long begun = System.nanoTime();
      for (int cycle = 1; cycle <= CYCLES; cycle++) {
        killUnderLoad(server, 500 + random.nextInt(1500), random.nextLong());
        checkEvents(server);
        server.checkFiles();
        server.restart();
        check(server, "seed " + SEED + " cycle " + cycle);
        if (cycle % 10 == 0) {
          tell(cycle, begun);
        }
      }
      assertEquals(0, server.stop("INT"), server.log());
      server.verifyEvents();
      server.checkFiles();
      assertTrue(acknowledged.values().stream().mapToInt(n -> n).sum() > 0);
      assertTrue(transfers.acknowledged() > 0);
    }
  }

  private void tell(int cycle, long begun) {
    System.out.printf(
        "%d cycles in %d s: %d inserts and %d transfers were acknowledged, and are there%n",
        cycle,
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun),
        acknowledged.values().stream().mapToInt(n -> n).sum(),
        transfers.acknowledged());
  }

  /// The event log is whole; the line that was being written when the server died may be torn.
  private static void checkEvents(LifelineProcess server) throws IOException {
    VerifyReport report = JournalVerifier.verify(server.directory().resolve("pg_events"));
    VerifyReport.Damage damage = report.damage();
    assertTrue(
        damage == null || damage.kind() == VerifyReport.Kind.TORN_TAIL, () -> report.toString());
  }

  private void killUnderLoad(LifelineProcess server, int afterMs, long seed) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    List<Future<?>> running = new ArrayList<>();
    running.add(
        threads.submit(() ->
            Tools.pgbench(server, "postgres", "-n", "-M", "prepared", "-c", "4", "-T", "60")));
    for (int writer = 0; writer < WRITERS; writer++) {
      int id = writer;
      running.add(threads.submit(() -> write(server, id)));
      running.add(threads.submit(() -> transfers.run(server, seed + id)));
    }
    Thread.sleep(afterMs);
    server.kill();
    for (Future<?> one : running) {
      one.get(60, TimeUnit.SECONDS);
    }
    threads.shutdown();
  }

  /// Inserts one number after the other until the server is gone.
  private Object write(LifelineProcess server, int writer) {
    try (Connection connection = server.connect("postgres");
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO acked (writer, n) VALUES (?, ?)")) {
      int n = attempted.getOrDefault(writer, 0);
      while (true) {
        n++;
        attempted.put(writer, n);
        insert.setInt(1, writer);
        insert.setInt(2, n);
        insert.executeUpdate();
        acknowledged.put(writer, n);
      }
    } catch (SQLException e) {
      return e;
    }
  }

  private void check(LifelineProcess server, String when) throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      long history = value(statement, "SELECT coalesce(sum(delta), 0) FROM pgbench_history");
      assertEquals(history, value(statement, "SELECT sum(abalance) FROM pgbench_accounts"), when);
      assertEquals(history, value(statement, "SELECT sum(tbalance) FROM pgbench_tellers"), when);
      assertEquals(history, value(statement, "SELECT sum(bbalance) FROM pgbench_branches"), when);
      for (int writer = 0; writer < WRITERS; writer++) {
        checkWriter(statement, writer, when);
      }
      transfers.check(statement, when);
    }
  }

  private void checkWriter(Statement statement, int writer, String when) throws SQLException {
    long count = value(statement, "SELECT count(*) FROM acked WHERE writer = " + writer);
    long max = value(statement, "SELECT coalesce(max(n), 0) FROM acked WHERE writer = " + writer);
    int acked = acknowledged.getOrDefault(writer, 0);
    int sent = attempted.getOrDefault(writer, 0);
    assertEquals(max, count, when + ": writer " + writer + " has a hole");
    assertTrue(max >= acked, when + ": writer " + writer + " lost " + acked + ", has " + max);
    assertTrue(max <= sent, when + ": writer " + writer + " has " + max + ", sent " + sent);
    // The commit that was under way when the server died may have become durable.
    attempted.put(writer, (int) max);
    acknowledged.put(writer, (int) max);
  }

  private static long value(Statement statement, String query) throws SQLException {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }

  private static void execute(LifelineProcess server, String sql) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
