package dev.lifeline.main;

import static dev.lifeline.main.ReplicationSteps.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `test_decoding` tells of a script, beside what a real PostgreSQL tells; and what a slot
/// remembers after `kill -9`.
class LogicalDecodingTest {
  private static final List<String> SCRIPT =
      List.of(
          "CREATE TABLE t (id int PRIMARY KEY, v text, \"Odd Name\" numeric(6,2), b bool)",
          "CREATE TABLE nokey (a int, d date)",
          "CREATE TABLE byindex (a int NOT NULL, b text)",
          "CREATE UNIQUE INDEX byindex_a ON byindex (a)",
          "ALTER TABLE byindex REPLICA IDENTITY USING INDEX byindex_a",
          "INSERT INTO t VALUES (1, 'one', 1.5, true), (2, 'it''s', null, false)",
          "UPDATE t SET v = 'eins' WHERE id = 1",
          "UPDATE t SET id = 3 WHERE id = 2",
          "DELETE FROM t WHERE id = 1",
          "BEGIN",
          "SAVEPOINT a",
          "INSERT INTO t VALUES (10, 'undone')",
          "ROLLBACK TO a",
          "INSERT INTO t VALUES (11, 'kept')",
          "SAVEPOINT b",
          "UPDATE t SET v = 'kept too' WHERE id = 11",
          "RELEASE b",
          "COMMIT",
          // The one that is rolled back has changed nothing itself.
          "BEGIN",
          "SAVEPOINT a",
          "SAVEPOINT b",
          "INSERT INTO t VALUES (13, 'undone from above')",
          "RELEASE b",
          "ROLLBACK TO a",
          "INSERT INTO t VALUES (14, 'kept')",
          "COMMIT",
          "BEGIN",
          "INSERT INTO t VALUES (12, 'never')",
          "ROLLBACK",
          "BEGIN",
          "INSERT INTO t VALUES (20, 'before')",
          "ALTER TABLE t ADD COLUMN w int DEFAULT 7",
          "INSERT INTO t (id) VALUES (21)",
          "ALTER TABLE t DROP COLUMN b",
          "UPDATE t SET v = 'after' WHERE id = 20",
          "COMMIT",
          "ALTER TABLE t ALTER COLUMN v SET STORAGE EXTERNAL",
          "INSERT INTO t (id, v) VALUES (100, repeat('0123456789', 1000))",
          "UPDATE t SET w = 8 WHERE id = 100",
          "ALTER TABLE t REPLICA IDENTITY FULL",
          "UPDATE t SET w = 9 WHERE id = 100",
          "DELETE FROM t WHERE id = 11",
          "INSERT INTO nokey VALUES (1, '2026-11-23'), (2, null)",
          "UPDATE nokey SET a = 5 WHERE a = 1",
          "DELETE FROM nokey WHERE a = 2",
          "INSERT INTO byindex VALUES (1, 'a')",
          "UPDATE byindex SET a = 2",
          "DELETE FROM byindex",
          "TRUNCATE t, nokey",
          "TRUNCATE t RESTART IDENTITY",
          "SELECT 1 FROM pg_logical_emit_message(true, 'prefix', 'content')");

  private static final String CHANGES =
      "SELECT data FROM pg_logical_slot_%s_changes('%s', NULL, NULL, 'include-xids', '0',"
          + " 'skip-empty-xacts', '1')";

  @TempDir private Path dir;

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  private static void create(Connection connection, String slot) throws SQLException {
    rows(
        connection,
        "SELECT slot_name FROM pg_create_logical_replication_slot('%s', 'test_decoding')"
            .formatted(slot));
  }

  private static List<String> tell(Connection connection) throws SQLException {
    create(connection, "s");
    for (String sql : SCRIPT) {
      run(connection, sql);
    }
    List<String> peeked = rows(connection, CHANGES.formatted("peek", "s"));
    List<String> got = rows(connection, CHANGES.formatted("get", "s"));
    assertEquals(peeked, got);
    assertEquals(List.of(), rows(connection, CHANGES.formatted("get", "s")));
    List<String> told = new ArrayList<>(got);
    told.addAll(inTheSelectList(connection));
    return told;
  }

  /// Each row is one value there.
  private static List<String> inTheSelectList(Connection connection) throws SQLException {
    List<String> told = new ArrayList<>();
    for (String sql :
        List.of(
            "SELECT pg_create_logical_replication_slot('c', 'test_decoding')",
            "INSERT INTO nokey VALUES (3, '2026-11-23') RETURNING a",
            "SELECT pg_logical_slot_peek_changes('c', NULL, NULL, 'include-xids', '0')",
            "SELECT pg_typeof(pg_logical_slot_peek_changes('c', NULL, NULL)), g"
                + " FROM generate_series(1, 2) g",
            "SELECT pg_logical_slot_get_binary_changes('c', NULL, NULL, 'include-xids', '0')",
            "SELECT pg_logical_slot_get_changes('c', NULL, NULL)",
            "SELECT pg_replication_slot_advance('c', pg_current_wal_lsn())",
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots",
            "SELECT pg_drop_replication_slot('c')")) {
      try {
        for (String row : rows(connection, sql)) {
          told.add(row.replaceAll("[0-9A-F]+/[0-9A-F]+", "LSN").replaceAll(",\\d+,", ",XID,"));
        }
      } catch (SQLException refused) {
        told.add(refused.getSQLState());
      }
    }
    return told;
  }

  @Test
  void tellsWhatPostgresTells() throws Exception {
    List<String> expected;
    try (ReferenceServer postgres = ReferenceServer.postgres(dir)) {
      postgres.configure("wal_level = logical\nport = " + postgres.port());
      postgres.start();
      try (Connection connection = postgres.connect()) {
        expected = tell(connection);
      }
    }
    try (LifelineProcess server =
            LifelineProcess.start(dir.resolve("lifeline"), "-c", "wal_level=logical");
        Connection connection = server.connect("postgres")) {
      assertEquals(String.join("\n", expected), String.join("\n", tell(connection)));
    }
  }

  /// A client that streams from a slot, until it is refused.
  private static Process follow(LifelineProcess server, String slot) throws Exception {
    return new ProcessBuilder(
            Tools.find("pg_recvlogical").toString(),
            "-h",
            "127.0.0.1",
            "-p",
            Integer.toString(server.port()),
            "-U",
            "postgres",
            "-d",
            "postgres",
            "--slot",
            slot,
            "--start",
            "--no-loop",
            "-f",
            "/dev/null")
        .inheritIO()
        .start();
  }

  private static String refusal(Connection connection, String sql) {
    SQLException refused = assertThrows(SQLException.class, () -> run(connection, sql));
    return refused.getSQLState()
        + " "
        + String.valueOf(refused.getMessage()).lines().findFirst().orElse("");
  }

  @Test
  void whatAPublicationForbidsIsRefused() throws Exception {
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("lifeline"));
        Connection connection = server.connect("postgres")) {
      run(connection, "CREATE TABLE nokey (a int, b int)");
      run(connection, "CREATE TABLE t (id int PRIMARY KEY, a int, b int)");
      run(connection, "INSERT INTO nokey VALUES (1, 1); INSERT INTO t VALUES (1, 1, 1)");
      run(connection, "CREATE PUBLICATION p FOR TABLE nokey, t (a) WHERE (b > 0)");
      assertEquals(
          "55000 ERROR: cannot update table \"nokey\" because it does not have a replica identity"
              + " and publishes updates",
          refusal(connection, "UPDATE nokey SET a = 2"));
      assertEquals(
          "55000 ERROR: cannot delete from table \"nokey\" because it does not have a replica"
              + " identity and publishes deletes",
          refusal(connection, "DELETE FROM nokey"));
      assertEquals(
          "42P10 ERROR: cannot update table \"t\"", refusal(connection, "UPDATE t SET a = 2"));
      run(connection, "ALTER PUBLICATION p SET TABLE nokey");
      run(connection, "UPDATE t SET a = 2");
      run(connection, "ALTER PUBLICATION p SET (publish = 'insert')");
      run(connection, "UPDATE nokey SET a = 2");
      assertEquals(
          "42710 ERROR: publication \"p\" already exists",
          refusal(connection, "CREATE PUBLICATION p FOR ALL TABLES"));
      assertEquals(
          "42710 ERROR: relation \"nokey\" is already member of publication \"p\"",
          refusal(connection, "ALTER PUBLICATION p ADD TABLE nokey"));
      assertEquals(
          "42704 ERROR: publication \"q\" does not exist",
          refusal(connection, "DROP PUBLICATION q"));
      assertEquals(
          "55000 ERROR: logical decoding requires wal_level >= logical",
          refusal(connection, "SELECT pg_create_logical_replication_slot('s', 'test_decoding')"));
      run(connection, "DROP TABLE nokey");
      assertEquals(List.of(), rows(connection, "SELECT tablename FROM pg_publication_tables"));
      run(connection, "DROP PUBLICATION p");
    }
  }

  @Test
  void aSlotThatKeepsTooMuchIsLost() throws Exception {
    try (LifelineProcess server =
            LifelineProcess.start(
                dir.resolve("lifeline"),
                "-c",
                "wal_level=logical",
                "-c",
                "max_slot_wal_keep_size=1MB",
                "-c",
                "wal_sender_timeout=0"); // so that nothing else wakes a walsender
        Connection connection = server.connect("postgres")) {
      create(connection, "s");
      create(connection, "stuck");
      create(connection, "used");
      assertEquals(
          List.of("reserved t", "reserved t", "reserved t"),
          rows(
              connection,
              "SELECT concat(wal_status, ' ', safe_wal_size > 0)" + " FROM pg_replication_slots"));
      Process user = follow(server, "used");
      Process stuck = follow(server, "stuck");
      await(
          "somebody uses two slots",
          () ->
              rows(connection, "SELECT count(*) FROM pg_replication_slots WHERE active")
                  .equals(List.of("2")));
      ReferenceServer.signal(stuck.pid(), "STOP");
      run(connection, "CREATE TABLE t (n int, v text)");
      run(connection, "INSERT INTO t SELECT n, repeat('x', 500) FROM generate_series(1, 50000) n");
      await(
          "one client does not read",
          () ->
              rows(
                      connection,
                      "SELECT wait_event FROM pg_stat_activity JOIN pg_replication_slots"
                          + " ON pid = active_pid WHERE slot_name = 'stuck'")
                  .equals(List.of("WalSenderWriteData")));
      run(connection, "CHECKPOINT");
      // Words and order of a real PostgreSQL.
      await(
          "all slots are lost",
          () ->
              rows(
                      connection,
                      "SELECT concat(slot_name, wal_status, safe_wal_size, restart_lsn, active)"
                          + " FROM pg_replication_slots ORDER BY 1")
                  .equals(List.of("slostf", "stucklostf", "usedlostf")));
      String log = server.log();
      assertTrue(
          log.matches(
              "(?s).*invalidating slot \"s\" because its restart_lsn [0-9A-F]+/[0-9A-F]+ exceeds"
                  + " max_slot_wal_keep_size\n.*terminating process [0-9]+ to release replication"
                  + " slot \"used\"\n.*"),
          log);
      assertTrue(log.contains("FATAL:  terminating connection due to administrator command"), log);
      ReferenceServer.signal(stuck.pid(), "CONT");
      assertNotEquals(0, user.waitFor());
      assertNotEquals(0, stuck.waitFor());
      assertEquals(
          "55000 ERROR: can no longer get changes from replication slot \"s\"",
          refusal(connection, CHANGES.formatted("get", "s")));
      assertEquals(
          "55000 ERROR: replication slot \"s\" cannot be advanced",
          refusal(connection, "SELECT pg_replication_slot_advance('s', pg_current_wal_lsn())"));
      run(connection, "SELECT pg_drop_replication_slot('s')");
    }
  }

  @Test
  void aSlotSurvivesAKill() throws Exception {
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("lifeline"),
            "-c",
            "wal_level=logical",
            "-c",
            "logical_decoding_work_mem=64kB")) {
      try (Connection connection = server.connect("postgres")) {
        run(connection, "CREATE TABLE t (id int PRIMARY KEY, v text)");
        create(connection, "s");
        run(connection, "INSERT INTO t VALUES (1, 'told')");
        assertEquals(3, rows(connection, CHANGES.formatted("get", "s")).size());
        run(connection, "CHECKPOINT");
        run(connection, "INSERT INTO t SELECT n, repeat('x', 100) FROM generate_series(2, 5000) n");
        try (Connection other = server.connect("postgres")) {
          other.setAutoCommit(false);
          run(other, "INSERT INTO t VALUES (-1, 'lost')");
          run(connection, "INSERT INTO t VALUES (6000, 'last')");
          server.kill();
        } catch (SQLException gone) {
          assertTrue(gone.getSQLState().startsWith("08"), gone.toString());
        }
      } catch (SQLException gone) {
        assertTrue(gone.getSQLState().startsWith("08"), gone.toString());
      }
      server.restart();
      try (Connection connection = server.connect("postgres")) {
        List<String> changes = rows(connection, CHANGES.formatted("get", "s"));
        assertEquals("BEGIN", changes.getFirst());
        assertEquals(4999 + 2 + 3, changes.size());
        assertEquals(
            "table public.t: INSERT: id[integer]:6000 v[text]:'last'",
            changes.get(changes.size() - 2));
        assertEquals(
            List.of("1"), rows(connection, "SELECT spill_txns FROM pg_stat_replication_slots"));
        run(connection, "SELECT pg_drop_replication_slot('s')");
        assertEquals(List.of(), rows(connection, "SELECT slot_name FROM pg_replication_slots"));
      }
    }
  }
}
