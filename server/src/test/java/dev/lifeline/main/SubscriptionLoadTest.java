package dev.lifeline.main;

import static dev.lifeline.main.ReplicationSteps.await;
import static dev.lifeline.main.ReplicationSteps.rows;
import static dev.lifeline.main.ReplicationSteps.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// Lifeline subscribes to Lifeline, and to a real PostgreSQL, while the publisher is written to;
/// either side dies by `kill -9`. Afterwards the tables are equal: nothing is missing, and nothing
/// was applied twice.
///
/// Runs with `-Dlifeline.subscription.cycles=N`, which kills each side N times.
@EnabledIfSystemProperty(named = "lifeline.subscription.cycles", matches = "[0-9]+")
class SubscriptionLoadTest {
  private static final int CYCLES = Integer.getInteger("lifeline.subscription.cycles", 1);
  private static final int WRITERS = 2;
  private static final int COUNTERS = 20;

  /// A row of `ledger` for each change of a counter; `log` takes a row twice without complaint.
  private static final String TABLES =
      """
      CREATE TABLE counters (id int PRIMARY KEY, n bigint NOT NULL);
      CREATE TABLE ledger (id bigserial PRIMARY KEY, counter int NOT NULL, delta bigint NOT NULL);
      CREATE TABLE log (writer int, n int);
      CREATE TABLE loaded (id int PRIMARY KEY, filler text)\
      """;

  @TempDir private Path dir;

  private final AtomicInteger committed = new AtomicInteger();

  /// The one that is subscribed to.
  private interface Publisher {
    Connection connect() throws SQLException;

    int port();

    void kill() throws Exception;
  }

  private record LifelinePublisher(LifelineProcess server) implements Publisher {
    @Override
    public Connection connect() throws SQLException {
      return server.connect("postgres");
    }

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public void kill() throws Exception {
      server.kill();
      server.restart();
    }
  }

  private record PostgresPublisher(ReferenceServer server) implements Publisher {
    @Override
    public Connection connect() throws SQLException {
      return server.connect();
    }

    @Override
    public int port() {
      return server.port();
    }

    @Override
    public void kill() throws Exception {
      server.signal("KILL");
      server.awaitExit();
      server.start();
    }
  }

  private static LifelineProcess subscriber(Path directory) throws Exception {
    return LifelineProcess.start(directory, "-c", "wal_retrieve_retry_interval=200ms");
  }

  @Test
  void lifelineSubscribesToLifeline() throws Exception {
    try (LifelineProcess publisher =
            LifelineProcess.start(dir.resolve("publisher"), "-c", "wal_level=logical");
        LifelineProcess subscriber = subscriber(dir.resolve("subscriber"))) {
      underKills(new LifelinePublisher(publisher), subscriber);
      assertEquals(0, subscriber.stop("INT"), subscriber.log());
      assertEquals(0, publisher.stop("INT"), publisher.log());
      subscriber.checkFiles();
      publisher.checkFiles();
    }
  }

  @Test
  void lifelineSubscribesToPostgres() throws Exception {
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        LifelineProcess subscriber = subscriber(dir.resolve("subscriber"))) {
      postgres.configure("port = %d\nwal_level = logical".formatted(postgres.port()));
      postgres.start();
      underKills(new PostgresPublisher(postgres), subscriber);
      assertEquals(0, subscriber.stop("INT"), subscriber.log());
      subscriber.checkFiles();
    }
  }

  private void underKills(Publisher publisher, LifelineProcess subscriber) throws Exception {
    try (Connection there = publisher.connect();
        Connection here = subscriber.connect("postgres")) {
      run(there, TABLES);
      run(here, TABLES);
      run(
          there,
          "INSERT INTO counters SELECT n, 0 FROM generate_series(1, %d) n".formatted(COUNTERS));
      run(there, "INSERT INTO loaded SELECT n, repeat('x', 100) FROM generate_series(1, 20000) n");
      run(there, "CREATE PUBLICATION p FOR ALL TABLES");
    }
    AtomicBoolean stop = new AtomicBoolean();
    List<Thread> writers = new ArrayList<>();
    for (int writer = 1; writer <= WRITERS; writer++) {
      int number = writer;
      writers.add(Thread.ofPlatform().start(() -> write(publisher, number, stop)));
    }
    try {
      try (Connection here = subscriber.connect("postgres")) {
        run(
            here,
            "CREATE SUBSCRIPTION s CONNECTION 'host=127.0.0.1 port=%d user=postgres dbname=postgres'"
                    .formatted(publisher.port())
                + " PUBLICATION p");
      }
      for (int cycle = 0; cycle < CYCLES; cycle++) {
        // The first one meets the copies.
        Thread.sleep(cycle == 0 ? 300 : 1500);
        subscriber.kill();
        subscriber.restart();
        Thread.sleep(1000);
        publisher.kill();
        Thread.sleep(700);
      }
    } finally {
      stop.set(true);
      for (Thread writer : writers) {
        writer.join();
      }
    }
    assertTrue(committed.get() > 0);
    assertEqualTables(publisher, subscriber);
  }

  private void write(Publisher publisher, int writer, AtomicBoolean stop) {
    Random random = new Random(writer);
    int n = 0;
    while (!stop.get()) {
      try (Connection connection = publisher.connect()) {
        connection.setAutoCommit(false);
        while (!stop.get()) {
          int counter = random.nextInt(1, COUNTERS + 1);
          int delta = random.nextInt(-100, 101);
          run(
              connection,
              "INSERT INTO ledger (counter, delta) VALUES (%d, %d)".formatted(counter, delta));
          run(
              connection,
              "UPDATE counters SET n = n + (%d) WHERE id = %d".formatted(delta, counter));
          run(connection, "INSERT INTO log VALUES (%d, %d)".formatted(writer, n++));
          connection.commit();
          committed.incrementAndGet();
        }
      } catch (SQLException killed) {
        Thread.onSpinWait();
      }
    }
  }

  private static void assertEqualTables(Publisher publisher, LifelineProcess subscriber)
      throws Exception {
    try (Connection there = publisher.connect();
        Connection here = subscriber.connect("postgres")) {
      for (String all :
          List.of(
              "SELECT id, counter, delta FROM ledger ORDER BY id",
              "SELECT id, n FROM counters ORDER BY id",
              "SELECT writer, n FROM log ORDER BY writer, n",
              "SELECT count(*), count(DISTINCT id), min(filler), max(filler) FROM loaded")) {
        List<String> expected = rows(there, all);
        await(all + " has " + expected.size() + " rows", () -> rows(here, all).equals(expected));
      }
      // What the writers changed fits together on both sides.
      for (Connection side : List.of(there, here)) {
        assertEquals(
            rows(side, "SELECT counter, sum(delta) FROM ledger GROUP BY counter ORDER BY counter"),
            rows(
                side,
                "SELECT id, n FROM counters WHERE id IN (SELECT counter FROM ledger) ORDER BY id"));
        assertEquals(
            List.of("0"), rows(side, "SELECT count(*) - count(DISTINCT (writer, n)) FROM log"));
      }
      await(
          "every table is ready",
          () ->
              rows(here, "SELECT srsubstate, count(*) FROM pg_subscription_rel GROUP BY 1")
                  .equals(List.of("r|4")));
      run(here, "DROP SUBSCRIPTION s");
      assertEquals(
          List.of(),
          rows(there, "SELECT slot_name, active, confirmed_flush_lsn FROM pg_replication_slots"),
          subscriber.log());
    }
  }
}
