package dev.lifeline.main;

import static dev.lifeline.main.ReplicationSteps.await;
import static dev.lifeline.main.ReplicationSteps.rows;
import static dev.lifeline.main.ReplicationSteps.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real PostgreSQL subscribes to Lifeline: the initial copy, changes with filters and column
/// lists, and equal tables after `kill -9` of either side under load. `pg_recvlogical` follows a
/// slot.
///
/// `-Dlifeline.replication.cycles=N` kills each side N times.
class LogicalReplicationTest {
  private static final int CYCLES = Integer.getInteger("lifeline.replication.cycles", 1);
  private static final String TABLES =
      "CREATE TABLE accounts (id int PRIMARY KEY, balance int, note text);"
          + "CREATE TABLE filtered (id int PRIMARY KEY, a int, b text%s);"
          + "CREATE TABLE whole (a int, b text)";

  @TempDir private Path dir;

  private static LifelineProcess lifeline(Path directory) throws Exception {
    return LifelineProcess.start(directory, "-c", "wal_level=logical");
  }

  /// Transfers between accounts until told to stop; what fails is tried no more.
  private static Thread load(LifelineProcess server, AtomicBoolean stop) {
    return Thread.ofPlatform()
        .start(() -> {
          Random random = new Random(1);
          while (!stop.get()) {
            try (Connection connection = server.connect("postgres")) {
              while (!stop.get()) {
                connection.setAutoCommit(false);
                int from = random.nextInt(1, 100);
                run(
                    connection,
                    "UPDATE accounts SET balance = balance - 1 WHERE id = %d".formatted(from));
                run(
                    connection,
                    "UPDATE accounts SET balance = balance + 1, note = repeat('n', %d) WHERE id = %d"
                        .formatted(random.nextInt(3000), 100 + from));
                connection.commit();
              }
            } catch (SQLException killed) {
              Thread.onSpinWait();
            }
          }
        });
  }

  @Test
  void postgresSubscribes() throws Exception {
    try (LifelineProcess server = lifeline(dir.resolve("lifeline"));
        ReferenceServer postgres = ReferenceServer.postgres(dir)) {
      postgres.configure("port = " + postgres.port() + "\nwal_retrieve_retry_interval = 500ms");
      postgres.start();
      try (Connection publisher = server.connect("postgres");
          Connection subscriber = postgres.connect()) {
        run(publisher, TABLES.formatted(", hidden text"));
        run(publisher, "ALTER TABLE whole REPLICA IDENTITY FULL");
        run(publisher, "INSERT INTO accounts SELECT n, 100, 'old' FROM generate_series(1, 200) n");
        run(publisher, "INSERT INTO filtered SELECT n, n, 'f', 'h' FROM generate_series(1, 10) n");
        run(
            publisher,
            "CREATE PUBLICATION p FOR TABLE accounts, whole, filtered (id, a, b) WHERE (id > 5)");
        run(subscriber, TABLES.formatted(""));
        run(
            subscriber,
            "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=%d user=postgres dbname=postgres'"
                    .formatted(server.port())
                + " PUBLICATION p");
        await(
            "the initial copy",
            () ->
                rows(subscriber, "SELECT DISTINCT srsubstate FROM pg_subscription_rel")
                    .equals(List.of("r")));
        assertEquals(List.of("200"), rows(subscriber, "SELECT count(*) FROM accounts"));
        run(publisher, "INSERT INTO filtered VALUES (1000, 1, 'in', 'h')");
        run(publisher, "UPDATE filtered SET id = id + 100 WHERE id < 6");
        run(publisher, "DELETE FROM filtered WHERE id = 10");
        run(publisher, "INSERT INTO whole VALUES (1, 'a'), (1, 'a'), (2, null)");
        run(publisher, "UPDATE whole SET b = 'c' WHERE a = 2");
        run(publisher, "DELETE FROM whole WHERE a = 1");
        String filtered = "SELECT id, a, b FROM filtered WHERE id > 5 ORDER BY id";
        await(
            "changes of a filtered table",
            () -> rows(subscriber, filtered).equals(rows(publisher, filtered)));
        await(
            "changes of a table without a key",
            () -> rows(subscriber, "SELECT * FROM whole").equals(List.of("2|c")));
        run(publisher, "TRUNCATE whole");
        await("a TRUNCATE", () -> rows(subscriber, "SELECT * FROM whole").equals(List.of()));
      }
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        underLoad(
            server,
            () -> {
              Thread.sleep(1000);
              server.kill();
              server.restart();
              Thread.sleep(1000);
              postgres.signal("KILL");
              postgres.awaitExit();
              postgres.start();
              Thread.sleep(1000);
            });
        assertEqualAccounts(server, postgres);
      }
      // Who streams to a subscriber does not hold up a shutdown.
      assertEquals(0, server.stop("INT"), server.log());
    }
  }

  private interface Fault {
    void happen() throws Exception;
  }

  private static void underLoad(LifelineProcess server, Fault fault) throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread load = load(server, stop);
    try {
      fault.happen();
    } finally {
      stop.set(true);
      load.join();
    }
  }

  private static void assertEqualAccounts(LifelineProcess server, ReferenceServer postgres)
      throws Exception {
    String all = "SELECT id, balance, note FROM accounts ORDER BY id";
    try (Connection publisher = server.connect("postgres");
        Connection subscriber = postgres.connect()) {
      List<String> expected = rows(publisher, all);
      assertEquals(List.of("20000"), rows(publisher, "SELECT sum(balance) FROM accounts"));
      await("equal tables", () -> rows(subscriber, all).equals(expected));
    }
  }

  @Test
  void pgRecvlogicalFollows() throws Exception {
    try (LifelineProcess server = lifeline(dir.resolve("lifeline"));
        Connection connection = server.connect("postgres")) {
      run(connection, "CREATE TABLE t (id int PRIMARY KEY, v text)");
      String tool = Tools.find("pg_recvlogical").toString();
      List<String> base =
          List.of(
              tool,
              "-h",
              "127.0.0.1",
              "-p",
              "" + server.port(),
              "-U",
              "postgres",
              "-d",
              "postgres");
      List<String> create = new ArrayList<>(base);
      create.addAll(List.of("--slot", "r", "--create-slot", "-P", "test_decoding"));
      assertEquals(0, new ProcessBuilder(create).inheritIO().start().waitFor());
      run(connection, "INSERT INTO t VALUES (1, 'first')");
      run(connection, "UPDATE t SET v = 'second'");
      String end = rows(connection, "SELECT pg_current_wal_lsn()").getFirst();
      List<String> start = new ArrayList<>(base);
      start.addAll(
          List.of("--slot", "r", "--start", "-E", end, "-o", "include-xids=off", "-f", "-"));
      Process follow = new ProcessBuilder(start).redirectErrorStream(true).start();
      assertTrue(follow.waitFor(ReplicationSteps.TIMEOUT_S, TimeUnit.SECONDS));
      assertEquals(
          List.of(
              "BEGIN",
              "table public.t: INSERT: id[integer]:1 v[text]:'first'",
              "COMMIT",
              "BEGIN",
              "table public.t: UPDATE: id[integer]:1 v[text]:'second'",
              "COMMIT"),
          new String(follow.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .toList());
      assertEquals(List.of("f"), rows(connection, "SELECT active FROM pg_replication_slots"));
    }
  }
}
