package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;

/// Long values through real clients, with `kill -9` between.
class ToastTest {
  private static final int[] LENGTHS = {
    1, 127, 128, 1900, 2020, 2100, 8000, 8192, 40_000, 1_000_000, 20_000_000
  };

  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
  }

  /// Noise, or something that can be compressed well.
  private static byte[] value(int length, boolean noise) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    for (int i = 0; !noise && i < length; i++) {
      bytes[i] = (byte) (bytes[i % 50] & 15);
    }
    return bytes;
  }

  private static long one(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertTrue(rows.next());
      return rows.getLong(1);
    }
  }

  private static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String toast(Connection connection, String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT t.relname FROM pg_class c JOIN pg_class t ON t.oid = c.reltoastrelid"
                    + " WHERE c.relname = '"
                    + table
                    + "'")) {
      assertTrue(rows.next());
      return "pg_toast." + rows.getString(1);
    }
  }

  private static void check(Connection connection, String table, String key) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("SELECT id, noise, v FROM " + table + " ORDER BY " + key)) {
      int seen = 0;
      while (rows.next()) {
        int id = rows.getInt(1);
        assertArrayEquals(value(id, rows.getBoolean(2)), rows.getBytes(3), table + " " + id);
        seen++;
      }
      assertEquals(2 * LENGTHS.length, seen);
    }
  }

  @Test
  void valuesOfAllLengthsComeBack() throws Exception {
    try (Connection connection = server.connect("postgres")) {
      run(connection, "CREATE TABLE v (id int, noise bool, v bytea, n int DEFAULT 0)");
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO v (id, noise, v) VALUES (?, ?, ?)")) {
        for (int length : LENGTHS) {
          for (boolean noise : new boolean[] {true, false}) {
            insert.setInt(1, length);
            insert.setBoolean(2, noise);
            insert.setBytes(3, value(length, noise));
            insert.executeUpdate();
          }
        }
      }
      check(connection, "v", "id");
    }
    server.kill();
    server.restart();
    try (Connection connection = server.connect("postgres")) {
      check(connection, "v", "id DESC");
      String toast = toast(connection, "v");
      long chunks = one(connection, "SELECT count(*) FROM " + toast);
      assertTrue(chunks > 21_000_000 / 2000, "the long values are out of line: " + chunks);
      // An update that leaves the long values alone writes nothing there.
      long last = one(connection, "SELECT max(chunk_id) FROM " + toast);
      run(connection, "UPDATE v SET n = n + 1");
      assertEquals(last, one(connection, "SELECT max(chunk_id) FROM " + toast));
      assertEquals(chunks, one(connection, "SELECT count(*) FROM " + toast));
      copyOutAndIn(connection);
      Tools.Result psql =
          Tools.psql(
              server,
              "postgres",
              "SELECT md5(string_agg(md5(v), '' ORDER BY id, noise)) FROM v;"
                  + " SELECT md5(string_agg(md5(v), '' ORDER BY id, noise)) FROM w;",
              "-At");
      String[] sums = psql.out().split("\n", -1);
      assertEquals(sums[0], sums[1]);
      files(connection);
    }
  }

  private static void copyOutAndIn(Connection connection) throws Exception {
    var copy = connection.unwrap(PGConnection.class).getCopyAPI();
    run(connection, "CREATE TABLE w (id int, noise bool, v bytea, n int DEFAULT 0)");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    copy.copyOut("COPY v TO STDOUT", out);
    copy.copyIn("COPY w FROM STDIN", new ByteArrayInputStream(out.toByteArray()));
    check(connection, "w", "id");
  }

  /// The chunks go with the rows, their space with VACUUM, the files with the table.
  private static void files(Connection connection) throws Exception {
    run(connection, "DELETE FROM w");
    String toast = toast(connection, "w");
    assertEquals(0, one(connection, "SELECT count(*) FROM " + toast));
    run(connection, "VACUUM w");
    String pages = "SELECT relpages FROM pg_class WHERE 'pg_toast.' || relname = '" + toast + "'";
    assertEquals(0, one(connection, pages));
    List<String> before = fileNames();
    run(connection, "TRUNCATE v");
    run(connection, "DROP TABLE w");
    assertEquals(0, one(connection, "SELECT count(*) FROM " + toast(connection, "v")));
    run(connection, "DROP TABLE v");
    List<String> after = fileNames();
    assertEquals(
        6,
        before.size() - after.size(),
        "two tables, their toast tables and the indexes of these are gone: " + before);
    run(connection, "CHECKPOINT");
  }

  /// The relations' numbers, without what belongs to other forks and further segments.
  private static List<String> fileNames() throws Exception {
    List<String> names = new ArrayList<>();
    try (Stream<Path> files = Files.list(server.directory().resolve("base/5"))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(n -> n.matches("\\d+"))
          .forEach(names::add);
    }
    return names;
  }

  @Test
  void theTransactionDecides() throws Exception {
    try (Connection connection = server.connect("postgres");
        Connection other = server.connect("postgres")) {
      run(connection, "CREATE TABLE tx (id int PRIMARY KEY, v text)");
      run(
          connection,
          "INSERT INTO tx SELECT i, (SELECT string_agg(md5((i * k)::text), '')"
              + " FROM generate_series(1, 1000) k) FROM generate_series(1, 3) i");
      String sums = "SELECT length(string_agg(v, '')) FROM tx";
      assertEquals(96_000, one(connection, sums));
      // A snapshot keeps the old values readable, also past a vacuum.
      other.setAutoCommit(false);
      other.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      assertEquals(96_000, one(other, sums));
      run(connection, "UPDATE tx SET v = v || 'x'");
      run(connection, "DELETE FROM tx WHERE id = 3");
      run(connection, "VACUUM tx");
      assertEquals(96_000, one(other, sums));
      other.commit();
      assertEquals(64_002, one(other, sums));
      other.commit();
      connection.setAutoCommit(false);
      run(connection, "SAVEPOINT s");
      run(connection, "UPDATE tx SET v = reverse(v) || v WHERE id = 1");
      assertEquals(96_003, one(connection, sums));
      run(connection, "ROLLBACK TO s");
      assertEquals(64_002, one(connection, sums));
      connection.rollback();
      connection.setAutoCommit(true);
      run(connection, "VACUUM tx");
      long live = one(connection, "SELECT count(*) FROM " + toast(connection, "tx"));
      assertEquals(2 * 17, live);
    }
  }

  @Test
  void whatIsTooLongIsRefusedAsByPostgres() throws Exception {
    try (Connection connection = server.connect("postgres")) {
      run(connection, "CREATE TABLE wide (v text, k text)");
      run(connection, "CREATE INDEX wide_k ON wide (k)");
      run(connection, "ALTER TABLE wide ALTER v SET STORAGE PLAIN");
      SQLException tooBig =
          assertThrows(
              SQLException.class,
              () -> run(connection, "INSERT INTO wide VALUES (repeat('x', 9000))"));
      assertEquals("54000", tooBig.getSQLState());
      assertTrue(
          String.valueOf(tooBig.getMessage()).contains("row is too big: size "),
          tooBig.getMessage());
      SQLException key =
          assertThrows(
              SQLException.class,
              () ->
                  run(
                      connection,
                      "INSERT INTO wide SELECT '', string_agg(md5(i::text), '')"
                          + " FROM generate_series(1, 200) i"));
      assertEquals("54000", key.getSQLState());
      assertTrue(
          String.valueOf(key.getMessage())
              .contains("exceeds btree version 4 maximum 2704 for index \"wide_k\""),
          key.getMessage());
      assertEquals(0, one(connection, "SELECT count(*) FROM wide"));
    }
  }
}
