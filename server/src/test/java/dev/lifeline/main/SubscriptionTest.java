package dev.lifeline.main;

import static dev.lifeline.main.ReplicationSteps.await;
import static dev.lifeline.main.ReplicationSteps.rows;
import static dev.lifeline.main.ReplicationSteps.run;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Lifeline subscribes to a real PostgreSQL: the first copy, changes, and what ALTER and DROP
/// SUBSCRIPTION do with workers that run.
class SubscriptionTest {
  private static final Pattern FINISHED = Pattern.compile("finished at ([0-9A-F]+/[0-9A-F]+)");

  private static final String TABLES =
      """
      CREATE TABLE accounts (id int PRIMARY KEY, balance int, note text);
      CREATE TABLE filtered (id int PRIMARY KEY, a int, b text%s);
      CREATE TABLE whole (a int, b text);
      CREATE TABLE kinds (id bigint PRIMARY KEY, n numeric, t timestamptz, d date, b bytea,
        f float8, i int[], c char(3), o bool, u uuid, v interval)\
      """;

  private static final String FILTERED = "SELECT id, a, b FROM filtered WHERE id > 5 ORDER BY id";

  @TempDir private Path dir;

  @SuppressWarnings("NullAway.Init")
  private Connection publisher;

  @SuppressWarnings("NullAway.Init")
  private Connection subscriber;

  private void awaitSame(String sql) throws Exception {
    List<String> expected = rows(publisher, sql);
    await(sql + " is " + expected.size() + " rows", () -> rows(subscriber, sql).equals(expected));
  }

  private void awaitRows(Connection connection, String sql, String... expected) throws Exception {
    await(sql, () -> rows(connection, sql).equals(List.of(expected)));
  }

  private void awaitReady() throws Exception {
    awaitRows(subscriber, "SELECT DISTINCT srsubstate FROM pg_subscription_rel", "r");
  }

  @Test
  void subscribesToPostgres() throws Exception {
    try (ReferenceServer postgres = ReferenceServer.postgres(dir);
        LifelineProcess server =
            LifelineProcess.start(
                dir.resolve("lifeline"), "-c", "wal_retrieve_retry_interval=200ms")) {
      Certificates certificates = new Certificates(dir.resolve("certificates"));
      certificates.issue("server", "/CN=localhost", "rsa:2048");
      certificates.selfSigned("stranger", "/CN=localhost");
      postgres.install(certificates.file("server.crt"), "server.crt");
      postgres.install(certificates.file("server.key"), "server.key");
      postgres.configure("port = %d\nwal_level = logical\nssl = on".formatted(postgres.port()));
      postgres.writeHba(
          """
          hostssl all replicator all scram-sha-256
          host all postgres 127.0.0.1/32 trust
          """);
      postgres.start();
      publisher = postgres.connect();
      subscriber = server.connect("postgres");
      prepare();
      refuses(postgres, certificates);
      copies(postgres, certificates);
      changes();
      refreshes();
      disables();
      skips(server);
      restarts(server);
      survivesKills(postgres, server);
      drops();
      publisher.close();
      subscriber.close();
      assertEquals(0, server.stop("INT"), server.log());
      server.checkFiles();
    }
  }

  private void prepare() throws Exception {
    run(publisher, "CREATE ROLE replicator LOGIN REPLICATION PASSWORD 'it''s \\secret'");
    run(publisher, "GRANT pg_read_all_data TO replicator");
    run(publisher, TABLES.formatted(", hidden text"));
    run(publisher, "ALTER TABLE whole REPLICA IDENTITY FULL");
    run(publisher, "INSERT INTO accounts SELECT n, 100, 'old' FROM generate_series(1, 2000) n");
    run(publisher, "INSERT INTO filtered SELECT n, n, 'f', 'h' FROM generate_series(1, 10) n");
    run(publisher, "INSERT INTO whole VALUES (7, E'tab\\tand\\\\n'), (8, null)");
    run(
        publisher,
        """
        INSERT INTO kinds VALUES (1, 12345678901234567890.5, '2026-11-23 05:00:00.123456+00',
          '2026-02-28', '\\x00ff', 0.1, '{1,NULL,3}', 'ab', true,
          '2b2e4b1e-9c0e-4f5b-8d60-3f5bb3dbb0a1', '1 mon 2 days 03:04:05')\
        """);
    run(
        publisher,
        """
        CREATE PUBLICATION p
          FOR TABLE accounts, whole, kinds, filtered (id, a, b) WHERE (id > 5)\
        """);
    run(subscriber, TABLES.formatted(", here int DEFAULT 42"));
  }

  private static String connection(ReferenceServer postgres, String password, String more) {
    return "'port=%d user=replicator dbname=postgres password=%s %s'"
        .formatted(postgres.port(), password, more);
  }

  /// A certificate's host and who has signed it, where that is to be looked at.
  private static String trusting(Certificates certificates, String mode, String host, String root) {
    return "host=%s sslmode=%s sslrootcert=%s".formatted(host, mode, certificates.file(root));
  }

  private void refuses(ReferenceServer postgres, Certificates certificates) {
    String right = "''it\\''s \\\\secret''";
    refused(
        "password authentication failed for user \"replicator\"",
        connection(postgres, "wrong", "host=localhost"));
    refused("no encryption", connection(postgres, right, "host=localhost sslmode=disable"));
    refused(
        "SSL error: certificate verify failed",
        connection(
            postgres, right, trusting(certificates, "verify-ca", "localhost", "stranger.crt")));
    refused(
        "SSL error: certificate verify failed",
        connection(
            postgres, right, trusting(certificates, "require", "localhost", "stranger.crt")));
    refused(
        "does not match host name \"127.0.0.1\"",
        connection(postgres, right, trusting(certificates, "verify-full", "127.0.0.1", "ca.crt")));
  }

  private void refused(String why, String connection) {
    SQLException refused =
        assertThrows(
            SQLException.class,
            () ->
                run(
                    subscriber,
                    "CREATE SUBSCRIPTION s CONNECTION " + connection + " PUBLICATION p"));
    assertTrue(String.valueOf(refused.getMessage()).contains(why), () -> String.valueOf(refused));
  }

  private void copies(ReferenceServer postgres, Certificates certificates) throws Exception {
    run(
        subscriber,
        "CREATE SUBSCRIPTION s CONNECTION "
            + connection(
                postgres,
                "''it\\''s \\\\secret''",
                trusting(certificates, "verify-full", "localhost", "ca.crt"))
            + " PUBLICATION p");
    awaitReady();
    awaitSame("SELECT * FROM accounts ORDER BY id");
    awaitSame("SELECT * FROM whole ORDER BY a");
    awaitSame("SELECT * FROM kinds");
    assertEquals(
        List.of("6|6|f|42", "7|7|f|42", "8|8|f|42", "9|9|f|42", "10|10|f|42"),
        rows(subscriber, "SELECT id, a, b, here FROM filtered ORDER BY id"));
    // The slots of the copies are gone, and so are their origins.
    assertEquals(
        List.of("s|pgoutput|t"),
        rows(publisher, "SELECT slot_name, plugin, active FROM pg_replication_slots"));
    assertEquals(List.of("1"), rows(subscriber, "SELECT count(*) FROM pg_replication_origin"));
    // As a real one shows it.
    awaitRows(
        subscriber,
        """
        SELECT datname, usename, application_name, state, query, wait_event_type, wait_event
        FROM pg_stat_activity WHERE backend_type = 'logical replication worker'\
        """,
        "postgres|postgres||idle||Activity|LogicalApplyMain");
  }

  private void changes() throws Exception {
    run(publisher, "INSERT INTO accounts VALUES (3000, 1, 'new'), (3001, null, null)");
    run(publisher, "UPDATE accounts SET id = id + 10000, note = 'moved' WHERE id <= 10");
    run(publisher, "UPDATE accounts SET note = repeat('long', 100000) WHERE id = 11");
    run(publisher, "ALTER TABLE accounts ALTER note SET STORAGE external");
    run(publisher, "UPDATE accounts SET note = repeat('far', 10000) WHERE id = 12");
    // The long value is not sent again.
    run(publisher, "UPDATE accounts SET balance = 12 WHERE id = 12");
    run(publisher, "DELETE FROM accounts WHERE id BETWEEN 100 AND 200");
    run(
        publisher,
        "INSERT INTO filtered VALUES (1000, 1, 'in', 'h'), (2, 1, 'out', 'h') ON CONFLICT DO NOTHING");
    run(publisher, "UPDATE filtered SET id = id + 100 WHERE id < 6");
    run(publisher, "DELETE FROM filtered WHERE id = 10");
    run(publisher, "INSERT INTO whole VALUES (1, 'a'), (1, 'a'), (2, null)");
    run(publisher, "UPDATE whole SET b = 'c' WHERE a = 2");
    run(publisher, "DELETE FROM whole WHERE a = 1");
    run(publisher, "UPDATE kinds SET n = 'NaN', i = '{{1,2},{3,4}}', t = 'infinity', f = '-0'");
    run(publisher, "BEGIN; INSERT INTO accounts VALUES (4000); ROLLBACK");
    awaitSame("SELECT * FROM kinds");
    awaitSame("SELECT * FROM accounts ORDER BY id");
    awaitSame("SELECT * FROM whole ORDER BY a, b");
    awaitSame(FILTERED);
    run(publisher, "TRUNCATE whole");
    run(publisher, "INSERT INTO whole VALUES (9, 'after')");
    awaitSame("SELECT * FROM whole");
  }

  private void refreshes() throws Exception {
    run(publisher, "CREATE TABLE added (id int PRIMARY KEY)");
    run(publisher, "INSERT INTO added VALUES (1), (2)");
    run(publisher, "ALTER PUBLICATION p ADD TABLE added");
    run(subscriber, "CREATE TABLE added (id int PRIMARY KEY)");
    run(subscriber, "ALTER SUBSCRIPTION s REFRESH PUBLICATION");
    awaitReady();
    run(publisher, "INSERT INTO added VALUES (3)");
    awaitSame("SELECT * FROM added ORDER BY id");
    run(publisher, "ALTER PUBLICATION p DROP TABLE added");
    run(subscriber, "ALTER SUBSCRIPTION s REFRESH PUBLICATION");
    assertEquals(List.of("4"), rows(subscriber, "SELECT count(*) FROM pg_subscription_rel"));
  }

  private void disables() throws Exception {
    run(subscriber, "ALTER SUBSCRIPTION s DISABLE");
    awaitRows(publisher, "SELECT active FROM pg_replication_slots", "f");
    run(publisher, "INSERT INTO accounts VALUES (5000, 5, 'while nobody listens')");
    assertEquals(List.of("0"), rows(subscriber, "SELECT count(*) FROM accounts WHERE id = 5000"));
    assertEquals(
        List.of("s|null"), rows(subscriber, "SELECT subname, pid FROM pg_stat_subscription"));
    run(subscriber, "ALTER SUBSCRIPTION s ENABLE");
    awaitSame("SELECT * FROM accounts ORDER BY id");
  }

  /// A transaction that cannot be applied disables the subscription; then it is skipped.
  private void skips(LifelineProcess server) throws Exception {
    run(subscriber, "ALTER SUBSCRIPTION s SET (disable_on_error = true)");
    run(subscriber, "INSERT INTO accounts VALUES (6000, 0, 'was here before')");
    run(publisher, "INSERT INTO accounts VALUES (6001), (6000)");
    awaitRows(subscriber, "SELECT subenabled FROM pg_subscription", "f");
    assertEquals(
        List.of("1|0"),
        rows(
            subscriber,
            "SELECT apply_error_count, sync_error_count FROM pg_stat_subscription_stats"));
    Matcher finished = FINISHED.matcher(server.log());
    assertTrue(finished.find(), server.log());
    assertTrue(
        server.log().contains("duplicate key value violates unique constraint \"accounts_pkey\""),
        server.log());
    assertTrue(
        Pattern.compile(
                """
                ERROR:  duplicate key value violates unique constraint "accounts_pkey"
                .*DETAIL:  Key \\(id\\)=\\(6000\\) already exists\\.
                .*CONTEXT:  processing remote data for replication origin "pg_\\d+" during message \
                type "INSERT" for replication target relation "public\\.accounts" in transaction \
                \\d+, finished at [0-9A-F]+/[0-9A-F]+
                """)
            .matcher(server.log())
            .find(),
        server.log());
    run(subscriber, "ALTER SUBSCRIPTION s SKIP (lsn = '%s')".formatted(finished.group(1)));
    run(subscriber, "ALTER SUBSCRIPTION s ENABLE");
    run(publisher, "INSERT INTO accounts VALUES (6002)");
    awaitRows(subscriber, "SELECT id FROM accounts WHERE id > 6000 AND id < 7000", "6002");
    awaitRows(subscriber, "SELECT subskiplsn FROM pg_subscription", "0/0");
    run(publisher, "DELETE FROM accounts WHERE id IN (6000, 6001)");
    awaitSame("SELECT * FROM accounts ORDER BY id");
  }

  /// Workers do not hold up a shutdown, and go on where they were.
  private void restarts(LifelineProcess server) throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
    run(publisher, "UPDATE accounts SET balance = balance + 1 WHERE id > 1900");
    server.restart();
    subscriber = server.connect("postgres");
    awaitSame("SELECT * FROM accounts ORDER BY id");
  }

  /// Either side dies by `kill -9` while the publisher is written to: every change comes over once.
  private void survivesKills(ReferenceServer postgres, LifelineProcess server) throws Exception {
    run(publisher, "CREATE TABLE counted (n int); ALTER PUBLICATION p ADD TABLE counted");
    run(subscriber, "CREATE TABLE counted (n int)");
    // Otherwise the end of the publisher's stream would be the end of the subscription.
    run(subscriber, "ALTER SUBSCRIPTION s SET (disable_on_error = false)");
    run(subscriber, "ALTER SUBSCRIPTION s REFRESH PUBLICATION");
    AtomicBoolean stop = new AtomicBoolean();
    Thread writer = Thread.ofPlatform().start(() -> count(postgres, stop));
    try {
      Thread.sleep(300);
      server.kill();
      server.restart();
      Thread.sleep(500);
      postgres.killAll(); // a new postmaster does not start while a child of the old one lives
      postgres.start();
      Thread.sleep(500);
    } finally {
      stop.set(true);
      writer.join();
    }
    publisher = postgres.connect();
    subscriber = server.connect("postgres");
    awaitSame("SELECT n, count(*) FROM counted GROUP BY n ORDER BY n");
    awaitSame("SELECT * FROM accounts ORDER BY id");
  }

  private static void count(ReferenceServer postgres, AtomicBoolean stop) {
    int n = 0;
    while (!stop.get()) {
      try (Connection connection = postgres.connect()) {
        while (!stop.get()) {
          run(connection, "INSERT INTO counted VALUES (%d)".formatted(++n));
          run(
              connection,
              "UPDATE accounts SET balance = %d WHERE id = %d".formatted(n, 20 + n % 50));
        }
      } catch (SQLException killed) {
        Thread.onSpinWait();
      }
    }
  }

  private void drops() throws Exception {
    run(subscriber, "DROP SUBSCRIPTION s");
    assertEquals(List.of("0"), rows(publisher, "SELECT count(*) FROM pg_replication_slots"));
    assertEquals(
        List.of("0|0"),
        rows(
            subscriber,
            """
            SELECT (SELECT count(*) FROM pg_subscription_rel),
              (SELECT count(*) FROM pg_replication_origin)\
            """));
    awaitRows(
        subscriber,
        "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'logical replication worker'",
        "0");
  }
}
