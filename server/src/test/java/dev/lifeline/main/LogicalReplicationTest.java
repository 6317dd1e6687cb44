package dev.lifeline.main;

import static dev.lifeline.main.ReplicationSteps.await;
import static dev.lifeline.main.ReplicationSteps.rows;
import static dev.lifeline.main.ReplicationSteps.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A real PostgreSQL and another Lifeline subscribe to Lifeline: the initial copy, changes with
/// filters and column lists, equal tables after `kill -9` of each side under load, a publication
/// that goes, and the end of the publisher. Before, `pg_recvlogical` follows slots.
///
/// `-Dlifeline.replication.cycles=N` kills each side N times.
class LogicalReplicationTest {
  private static final int CYCLES = Integer.getInteger("lifeline.replication.cycles", 1);
  private static final int LOAD_MS = 400;
  private static final String TABLES =
      "CREATE TABLE accounts (id int PRIMARY KEY, balance int, note text);"
          + "CREATE TABLE filtered (id int PRIMARY KEY, a int, b text%s);"
          + "CREATE TABLE whole (a int, b text)";
  private static final String ACCOUNTS = "SELECT id, balance, note FROM accounts ORDER BY id";

  @TempDir private Path dir;

  @SuppressWarnings("NullAway.Init")
  private LifelineProcess server;

  @SuppressWarnings("NullAway.Init")
  private LifelineProcess lifeline;

  @SuppressWarnings("NullAway.Init")
  private ReferenceServer postgres;

  private ReferenceServer startPostgres() {
    try {
      ReferenceServer started = ReferenceServer.postgres(dir);
      started.configure("port = " + started.port() + "\nwal_retrieve_retry_interval = 200ms");
      started.start();
      return started;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /// Transfers between accounts until told to stop; what fails is tried no more.
  private Thread load(AtomicBoolean stop) {
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
  void publishes() throws Exception {
    CompletableFuture<ReferenceServer> reference =
        CompletableFuture.supplyAsync(this::startPostgres, ReferenceScript.THREADS);
    try (LifelineProcess publisher =
            LifelineProcess.start(dir.resolve("publisher"), "-c", "wal_level=logical");
        LifelineProcess subscriber =
            LifelineProcess.start(
                dir.resolve("subscriber"), "-c", "wal_retrieve_retry_interval=200ms");
        ReferenceServer started = reference.get()) {
      server = publisher;
      lifeline = subscriber;
      postgres = started;
      try (Connection there = server.connect("postgres");
          Connection here = lifeline.connect("postgres");
          Connection real = postgres.connect()) {
        pgRecvlogicalFollows(there);
        run(there, TABLES.formatted(", hidden text"));
        run(there, "ALTER TABLE whole REPLICA IDENTITY FULL");
        run(there, "INSERT INTO accounts SELECT n, 100, 'old' FROM generate_series(1, 200) n");
        run(there, "INSERT INTO filtered SELECT n, n, 'f', 'h' FROM generate_series(1, 10) n");
        run(
            there,
            "CREATE PUBLICATION p FOR TABLE accounts, whole, filtered (id, a, b) WHERE (id > 5)");
        subscribe(real, "real");
        subscribe(here, "own");
        changes(there, List.of(real, here));
      }
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        killEachUnderLoad();
        assertEqualAccounts();
      }
      try (Connection there = server.connect("postgres");
          Connection here = lifeline.connect("postgres");
          Connection real = postgres.connect()) {
        looks(there);
        losesItsPublication(there, List.of(real, here));
        ends(there, List.of(real, here));
      }
      assertEquals(0, lifeline.stop("INT"), lifeline.log());
    }
  }

  private void subscribe(Connection subscriber, String name) throws Exception {
    run(subscriber, TABLES.formatted(""));
    run(
        subscriber,
        "CREATE SUBSCRIPTION %s CONNECTION 'host=127.0.0.1 port=%d user=postgres dbname=postgres'"
                .formatted(name, server.port())
            + " PUBLICATION p");
  }

  private static void changes(Connection publisher, List<Connection> subscribers) throws Exception {
    for (Connection subscriber : subscribers) {
      await(
          "the initial copy",
          () ->
              rows(subscriber, "SELECT DISTINCT srsubstate FROM pg_subscription_rel")
                  .equals(List.of("r")));
      assertEquals(List.of("200"), rows(subscriber, "SELECT count(*) FROM accounts"));
    }
    run(publisher, "INSERT INTO filtered VALUES (1000, 1, 'in', 'h')");
    run(publisher, "UPDATE filtered SET id = id + 100 WHERE id < 6");
    run(publisher, "DELETE FROM filtered WHERE id = 10");
    run(publisher, "INSERT INTO whole VALUES (1, 'a'), (1, 'a'), (2, null)");
    run(publisher, "UPDATE whole SET b = 'c' WHERE a = 2");
    run(publisher, "DELETE FROM whole WHERE a = 1");
    String filtered = "SELECT id, a, b FROM filtered WHERE id > 5 ORDER BY id";
    for (Connection subscriber : subscribers) {
      await(
          "changes of a filtered table",
          () -> rows(subscriber, filtered).equals(rows(publisher, filtered)));
      await(
          "changes of a table without a key",
          () -> rows(subscriber, "SELECT * FROM whole").equals(List.of("2|c")));
    }
    run(publisher, "TRUNCATE whole");
    for (Connection subscriber : subscribers) {
      await("a TRUNCATE", () -> rows(subscriber, "SELECT * FROM whole").equals(List.of()));
    }
  }

  private void killEachUnderLoad() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread load = load(stop);
    try {
      Thread.sleep(LOAD_MS);
      server.kill();
      server.restart();
      Thread.sleep(LOAD_MS);
      lifeline.kill();
      // A new postmaster does not start while a child of the old one lives.
      postgres.killAll();
      postgres.start();
      lifeline.restart();
      Thread.sleep(LOAD_MS);
    } finally {
      stop.set(true);
      load.join();
    }
  }

  private void assertEqualAccounts() throws Exception {
    try (Connection there = server.connect("postgres");
        Connection here = lifeline.connect("postgres");
        Connection real = postgres.connect()) {
      List<String> expected = rows(there, ACCOUNTS);
      assertEquals(List.of("20000"), rows(there, "SELECT sum(balance) FROM accounts"));
      await("equal tables in PostgreSQL", () -> rows(real, ACCOUNTS).equals(expected));
      await("equal tables in Lifeline", () -> rows(here, ACCOUNTS).equals(expected));
    }
  }

  /// What the views say of senders and slots, as a real PostgreSQL's say it; but a slot of ours
  /// keeps no old rows of the catalogs, and has no `catalog_xmin`.
  private static void looks(Connection there) throws Exception {
    await(
        "the views",
        () ->
            rows(
                    there,
                    """
                    SELECT r.application_name, r.state, sent_lsn = flush_lsn, sync_state,
                      sync_priority, r.client_addr, reply_time IS NOT NULL, slot_type, plugin,
                      database, temporary, active, restart_lsn <= confirmed_flush_lsn, wal_status,
                      two_phase, wait_event_type, wait_event, total_txns > 0, spill_txns
                    FROM pg_stat_replication r
                      JOIN pg_replication_slots s ON active_pid = r.pid
                      JOIN pg_stat_activity a ON a.pid = r.pid
                      JOIN pg_stat_replication_slots t ON t.slot_name = s.slot_name
                    ORDER BY 1\
                    """)
                .equals(List.of(SENDER.formatted("own"), SENDER.formatted("real"))));
  }

  private static final String SENDER =
      "%s|streaming|t|async|0|127.0.0.1|t|logical|pgoutput|postgres|f|t|t|reserved|f|Client"
          + "|WalSenderWaitForWAL|t|0";

  /// As in a real PostgreSQL the stream fails with the next change, and is tried again. There it
  /// does so for ever; here a new publication of that name lets it go on, without what was changed
  /// before it was made.
  private void losesItsPublication(Connection there, List<Connection> subscribers)
      throws Exception {
    run(there, "DROP PUBLICATION p");
    run(there, "UPDATE accounts SET note = 'unpublished' WHERE id = 1");
    String error = "ERROR:  publication \"p\" does not exist";
    String context =
        "slot \"%s\", output plugin \"pgoutput\", in the change callback, associated LSN";
    for (String slot : List.of("real", "own")) {
      await(
          "an error in the publisher's log",
          () ->
              Pattern.compile(
                      error
                          + "\n.*CONTEXT:  "
                          + context.formatted(slot)
                          + ".*\n.*STATEMENT:  START_REPLICATION SLOT \""
                          + slot)
                  .matcher(server.log())
                  .find());
    }
    String received =
        "ERROR:  could not receive data from WAL stream: " + error + "\n\tCONTEXT:  " + context;
    await(
        "an error in PostgreSQL's log",
        () -> String.join("\n", postgres.log()).contains(received.formatted("real")));
    await("an error in Lifeline's log", () -> lifeline.log().contains(received.formatted("own")));
    run(there, "CREATE PUBLICATION p FOR TABLE accounts");
    run(there, "UPDATE accounts SET note = 'published again' WHERE id = 1");
    for (Connection subscriber : subscribers) {
      await("it goes on", () -> rows(subscriber, ACCOUNTS).equals(rows(there, ACCOUNTS)));
    }
    awaitEvents(
        there,
        """
        SELECT DISTINCT event, data->>'application_name', data->>'client_addr', data->>'reason'
        FROM lifeline.events WHERE event LIKE 'replication.sender%' AND data->>'slot_name' = 'own'
          AND (event LIKE '%started' OR data->>'reason' LIKE 'publication%') ORDER BY 1\
        """,
        "replication.sender_started|own|127.0.0.1|null",
        "replication.sender_stopped|own|null|publication \"p\" does not exist");
    awaitEvents(
        subscribers.getLast(),
        """
        SELECT DISTINCT event, data->>'subname', data->>'sqlstate'
        FROM lifeline.events WHERE event LIKE 'replication.%' ORDER BY 1\
        """,
        "replication.apply_failed|own|08006",
        "replication.apply_progressed|own|null",
        "replication.subscription_started|own|null");
  }

  /// A stop sends what was committed before, and the subscribers say what they say of a real
  /// publisher.
  private void ends(Connection there, List<Connection> subscribers) throws Exception {
    run(there, "UPDATE accounts SET note = 'the last change' WHERE id = 2");
    List<String> last = rows(there, ACCOUNTS);
    assertEquals(0, server.stop("INT"), server.log());
    for (Connection subscriber : subscribers) {
      await("what was committed last", () -> rows(subscriber, ACCOUNTS).equals(last));
    }
    String said = "LOG:  data stream from publisher has ended";
    // What follows depends on whether the end of the connection was seen before.
    String failed = "ERROR:  could not send end-of-streaming message to primary: ";
    await(
        "PostgreSQL has heard of it",
        () ->
            postgres.log().stream().anyMatch(line -> line.contains(said))
                && postgres.log().stream().anyMatch(line -> line.contains(failed)));
    await(
        "Lifeline has heard of it",
        () -> lifeline.log().contains(said) && lifeline.log().contains(failed));
    String log = server.log().substring(server.log().lastIndexOf("received fast shutdown request"));
    assertTrue(log.contains("database system is shut down"), log);
    assertFalse(log.contains("terminating walsender"), log);
  }

  /// The event log tells of it, too.
  private static void awaitEvents(Connection connection, String sql, String... expected)
      throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(ReplicationSteps.TIMEOUT_S);
    List<String> found = rows(connection, sql);
    while (!found.equals(List.of(expected)) && System.nanoTime() < until) {
      Thread.sleep(50);
      found = rows(connection, sql);
    }
    assertEquals(List.of(expected), found);
  }

  private List<String> recvlogical(String slot, String... arguments) {
    List<String> words =
        new ArrayList<>(
            List.of(
                Tools.find("pg_recvlogical").toString(),
                "-h",
                "127.0.0.1",
                "-p",
                "" + server.port(),
                "-U",
                "postgres",
                "-d",
                "postgres",
                "--slot",
                slot));
    words.addAll(List.of(arguments));
    return words;
  }

  /// What a slot's client writes until a point.
  private String followed(Connection there, String slot, String... options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("--start", "-f", "-", "-E"));
    arguments.add(rows(there, "SELECT pg_current_wal_lsn()").getFirst());
    arguments.addAll(List.of(options));
    Process follow =
        new ProcessBuilder(recvlogical(slot, arguments.toArray(String[]::new)))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    assertTrue(follow.waitFor(ReplicationSteps.TIMEOUT_S, TimeUnit.SECONDS));
    return new String(follow.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
  }

  private void pgRecvlogicalFollows(Connection there) throws Exception {
    for (String plugin : List.of("test_decoding", "pgoutput")) {
      Tools.Result created =
          Tools.run("", recvlogical("r_" + plugin, "--create-slot", "-P", plugin));
      assertEquals(0, created.exitCode(), created.both());
    }
    run(there, "CREATE TABLE t (id int PRIMARY KEY, v text)");
    run(there, "CREATE PUBLICATION q FOR TABLE t");
    run(there, "INSERT INTO t VALUES (1, 'first')");
    run(there, "UPDATE t SET v = 'second'");
    assertEquals(
        List.of(
            "BEGIN",
            "table public.t: INSERT: id[integer]:1 v[text]:'first'",
            "COMMIT",
            "BEGIN",
            "table public.t: UPDATE: id[integer]:1 v[text]:'second'",
            "COMMIT"),
        followed(there, "r_test_decoding", "-o", "include-xids=off", "-o", "skip-empty-xacts=on")
            .lines()
            .toList());
    String binary =
        followed(there, "r_pgoutput", "-o", "proto_version=1", "-o", "publication_names=q");
    assertTrue(
        binary.matches("(?s)B.*\nR.*public\u0000t\u0000.*\nI.*first\nC.*\nB.*\nU.*second\nC.*\n"),
        binary);
    assertEquals(
        List.of("r_pgoutput|f", "r_test_decoding|f"),
        rows(there, "SELECT slot_name, active FROM pg_replication_slots ORDER BY 1"));
    for (String plugin : List.of("test_decoding", "pgoutput")) {
      Tools.Result dropped = Tools.run("", recvlogical("r_" + plugin, "--drop-slot"));
      assertEquals(0, dropped.exitCode(), dropped.both());
    }
    assertEquals(List.of(), rows(there, "SELECT slot_name FROM pg_replication_slots"));
    awaitEvents(
        there,
        """
        SELECT event, data->>'slot_name', data->>'slot_type', data->>'plugin'
        FROM lifeline.events WHERE event LIKE 'replication.slot%' ORDER BY sequence\
        """,
        "replication.slot_created|r_test_decoding|logical|test_decoding",
        "replication.slot_created|r_pgoutput|logical|pgoutput",
        "replication.slot_dropped|r_test_decoding|null|null",
        "replication.slot_dropped|r_pgoutput|null|null");
  }
}
