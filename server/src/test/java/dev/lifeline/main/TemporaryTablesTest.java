package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is left of temporary tables: nothing, however their session ends.
class TemporaryTablesTest {
  private static final String LEFT = "SELECT count(*) FROM pg_class WHERE relpersistence = 't'";
  private static final String SCHEMAS =
      "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'pg\\_temp\\_%'";

  @TempDir private Path dir;
  private LifelineProcess server;

  @BeforeEach
  void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getLong(1);
    }
  }

  private static void awaitNone(Connection connection, String sql) throws Exception {
    for (int i = 0; i < 200 && number(connection, sql) != 0; i++) {
      Thread.sleep(25);
    }
    assertEquals(0, number(connection, sql), sql);
  }

  @Test
  void aSessionLeavesNothing() throws Exception {
    try (Connection other = server.connect("postgres")) {
      for (String end : new String[] {"close", "terminate", "itself", "in a transaction"}) {
        try (Connection session = server.connect("postgres")) {
          execute(session, "CREATE TEMP TABLE t (id serial PRIMARY KEY, word text)");
          execute(session, "INSERT INTO t (word) VALUES ('a')");
          long pid = number(session, "SELECT pg_backend_pid()");
          assertEquals(1, number(other, SCHEMAS), end);
          switch (end) {
            case "terminate" -> number(other, "SELECT pg_terminate_backend(" + pid + ")::int");
            case "itself" -> {
              try {
                execute(session, "SELECT pg_terminate_backend(" + pid + ")");
              } catch (SQLException terminated) {
                assertEquals("57P01", terminated.getSQLState());
              }
            }
            case "in a transaction" -> {
              session.setAutoCommit(false);
              execute(session, "CREATE TEMP TABLE open (a int)");
              assertThrows(SQLException.class, () -> execute(session, "SELECT 1 / 0"));
              number(other, "SELECT pg_terminate_backend(" + pid + ")::int");
            }
            default -> {
              // The connection is closed below.
            }
          }
        }
        awaitNone(other, LEFT);
        awaitNone(other, SCHEMAS);
      }
    }
    assertEquals(0, server.stop("INT"), server.log());
    server.checkFiles();
  }

  @Test
  void sessionsDoNotSeeEachOthers() throws Exception {
    try (Connection one = server.connect("postgres");
        Connection two = server.connect("postgres")) {
      execute(one, "CREATE TEMP TABLE t AS SELECT 1 AS a");
      execute(two, "CREATE TEMP TABLE t AS SELECT 2 AS a");
      assertEquals(1, number(one, "SELECT a FROM t"));
      assertEquals(2, number(two, "SELECT a FROM t"));
      String schema = "pg_temp_" + number(one, "SELECT pg_backend_pid()");
      SQLException refused =
          assertThrows(SQLException.class, () -> number(two, "SELECT a FROM " + schema + ".t"));
      assertEquals("0A000", refused.getSQLState(), refused.getMessage());
    }
    assertEquals(0, server.stop("INT"), server.log());
  }

  @Test
  void whatACrashLeavesGoesWithTheNextOne() throws Exception {
    try (Connection session = server.connect("postgres")) {
      execute(session, "CREATE TEMP TABLE t (id serial PRIMARY KEY, word text)");
      execute(session, "INSERT INTO t (word) SELECT repeat('x', 5000) FROM generate_series(1, 50)");
      server.kill();
    }
    server.restart();
    try (Connection session = server.connect("postgres")) {
      assertEquals(1, number(session, SCHEMAS));
      assertThrows(SQLException.class, () -> number(session, "SELECT count(*) FROM t"));
      execute(session, "CREATE TEMP TABLE u (a int)");
      assertEquals(1, number(session, LEFT));
      assertEquals(1, number(session, SCHEMAS));
    }
    assertEquals(0, server.stop("INT"), server.log());
    server.checkFiles();
  }
}
