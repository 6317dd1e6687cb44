package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The views over the processes and the counters of a real server.
class ActivityViewsTest {
  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE ROLE bob LOGIN");
      statement.execute("CREATE TABLE t (id int PRIMARY KEY, n int)");
      statement.execute("INSERT INTO t VALUES (1, 0), (2, 0)");
    }
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
  }

  private static Connection bob() throws SQLException {
    return DriverManager.getConnection(server.url("postgres").replace("user=postgres", "user=bob"));
  }

  /// The rows of a query, their columns separated by bars.
  private static List<String> rows(Statement statement, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (ResultSet result = statement.executeQuery(query)) {
      while (result.next()) {
        List<String> columns = new ArrayList<>();
        for (int i = 1; i <= result.getMetaData().getColumnCount(); i++) {
          columns.add(String.valueOf(result.getString(i)));
        }
        rows.add(String.join("|", columns));
      }
    }
    return rows;
  }

  private static void await(Statement statement, String expected, String query) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      List<String> rows = rows(statement, query);
      if (rows.equals(List.of(expected))) {
        return;
      }
      assertTrue(System.nanoTime() < until, () -> query + ": " + rows);
      Thread.sleep(20);
    }
  }

  private static int pid(Statement statement) throws SQLException {
    return Integer.parseInt(rows(statement, "SELECT pg_backend_pid()").get(0));
  }

  @Test
  void allTypesOfProcessesAreShown() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      assertEquals(
          List.of(
              "autovacuum launcher|null|null|Activity|AutoVacuumMain|null|",
              "background writer|null|null|Activity|BgWriterMain|null|",
              "checkpointer|null|null|Activity|CheckpointerMain|null|",
              "logical replication launcher|null|postgres|Activity|LogicalLauncherMain|null|",
              "statistics collector|null|null|Activity|PgStatMain|null|",
              "walwriter|null|null|Activity|WalWriterMain|null|"),
          rows(
              statement,
              "SELECT backend_type, datname, usename, wait_event_type, wait_event, state, query"
                  + " FROM pg_stat_activity WHERE backend_type NOT IN"
                  + " ('client backend', 'autovacuum worker', 'logger') ORDER BY 1"));
      assertEquals(
          List.of("postgres|postgres|null|null|active|t|t|t|t|127.0.0.1|t"),
          rows(
              statement,
              "SELECT datname, usename, wait_event_type, wait_event, state,"
                  + " xact_start <= query_start, query_start <= clock_timestamp(), backend_start < query_start,"
                  + " query LIKE 'SELECT datname%', client_addr, client_port > 0"
                  + " FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
    }
  }

  @Test
  void statementsAreCountedByWhatTheyAreWithoutTheirLiterals() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE counted (a integer, b text)");
      statement.execute("SELECT pg_stat_statements_reset()");
      statement.execute("INSERT INTO counted VALUES (1, 'one'), (2, 'two')");
      for (int i = 0; i < 3; i++) {
        rows(statement, "SELECT b FROM counted WHERE a >= " + i + " AND b <> 'none'");
      }
      try (PreparedStatement prepared =
          connection.prepareStatement("SELECT b FROM counted WHERE a = ? LIMIT 1")) {
        prepared.setInt(1, 2);
        prepared.executeQuery();
      }
      String counted =
          "SELECT calls, rows, query FROM pg_stat_statements WHERE query LIKE '%counted%'"
              + " AND query NOT LIKE '%pg_stat%' AND dbid = (SELECT oid FROM pg_database WHERE"
              + " datname = current_database()) AND userid = 10 AND toplevel AND total_exec_time"
              + " BETWEEN min_exec_time AND max_exec_time * calls AND mean_exec_time > 0"
              + " AND stddev_exec_time >= 0 AND queryid <> 0 ORDER BY query";
      assertEquals(
          List.of(
              "1|2|INSERT INTO counted VALUES ($1, $2), ($3, $4)",
              "1|1|SELECT b FROM counted WHERE a = $1 LIMIT $2",
              "3|5|SELECT b FROM counted WHERE a >= $1 AND b <> $2"),
          rows(statement, counted));
      statement.execute("SET pg_stat_statements.track = 'none'");
      statement.execute("INSERT INTO counted VALUES (3, 'three'), (4, 'four')");
      statement.execute("SET pg_stat_statements.track = 'top'");
      statement.execute("SET pg_stat_statements.track_utility = off");
      statement.execute("DROP TABLE counted");
      assertEquals(3, rows(statement, counted).size());
      String one =
          "(SELECT queryid FROM pg_stat_statements WHERE query LIKE 'INSERT INTO counted%')";
      statement.execute("SELECT pg_stat_statements_reset(0, 0, " + one + ")");
      assertEquals(2, rows(statement, counted).size());
      statement.execute("SELECT pg_stat_statements_reset()");
      assertEquals(List.of(), rows(statement, counted));
      assertEquals(
          List.of("0|t"),
          rows(statement, "SELECT dealloc, stats_reset <= now() FROM pg_stat_statements_info"));
    }
  }

  @Test
  void aWaitForALockIsShown() throws Exception {
    try (Connection holder = server.connect("postgres");
        Connection waiter = server.connect("postgres");
        Connection watcher = server.connect("postgres");
        Statement hold = holder.createStatement();
        Statement wait = waiter.createStatement();
        Statement watch = watcher.createStatement()) {
      holder.setAutoCommit(false);
      hold.execute("UPDATE t SET n = n + 1 WHERE id = 1");
      int holderPid = pid(hold);
      int waiterPid = pid(wait);
      Thread blocked =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  wait.execute("UPDATE t SET n = n + 1 WHERE id = 1");
                } catch (SQLException e) {
                  throw new IllegalStateException(e);
                }
              });
      await(
          watch,
          "active|Lock|transactionid|t|UPDATE t SET n = n + 1 WHERE id = 1",
          "SELECT state, wait_event_type, wait_event, backend_xid IS NOT NULL, query"
              + " FROM pg_stat_activity WHERE pid = "
              + waiterPid);
      assertEquals(
          List.of("idle in transaction|Client|ClientRead|t"),
          rows(
              watch,
              "SELECT state, wait_event_type, wait_event, backend_xid IS NOT NULL"
                  + " FROM pg_stat_activity WHERE pid = "
                  + holderPid));
      String locks =
          "SELECT locktype, mode, granted, fastpath, transactionid IS NOT NULL,"
              + " virtualtransaction IS NOT NULL, waitstart IS NOT NULL FROM pg_locks WHERE pid = ";
      assertTrue(
          rows(watch, locks + holderPid)
              .containsAll(
                  List.of(
                      "virtualxid|ExclusiveLock|t|t|f|t|f",
                      "transactionid|ExclusiveLock|t|f|t|t|f",
                      "relation|RowExclusiveLock|t|t|f|t|f")),
          () -> "locks of the holder");
      assertTrue(
          rows(watch, locks + waiterPid).contains("transactionid|ShareLock|f|f|t|t|t"),
          () -> "locks of the waiter");
      holder.rollback();
      blocked.join();
    }
  }

  @Test
  void aDeadlockIsCounted() throws Exception {
    try (Connection one = server.connect("postgres");
        Connection two = server.connect("postgres");
        Connection watcher = server.connect("postgres");
        Statement first = one.createStatement();
        Statement second = two.createStatement();
        Statement watch = watcher.createStatement()) {
      watch.execute("CREATE TABLE d (id int PRIMARY KEY, n int)");
      watch.execute("INSERT INTO d VALUES (1, 0), (2, 0)");
      for (Statement statement : List.of(first, second)) {
        statement.execute("SET deadlock_timeout = '50ms'");
        statement.getConnection().setAutoCommit(false);
      }
      first.execute("UPDATE d SET n = 1 WHERE id = 1");
      second.execute("UPDATE d SET n = 1 WHERE id = 2");
      List<String> states = new CopyOnWriteArrayList<>();
      Thread other = Thread.ofVirtual().start(() -> states.add(update(first, 2)));
      states.add(update(second, 1));
      other.join();
      assertTrue(states.contains("40P01"), states.toString());
      await(watch, "1", "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'");
    }
  }

  /// The SQLSTATE of the update, after which the transaction is rolled back.
  private static String update(Statement statement, int id) {
    try {
      statement.execute("UPDATE d SET n = 2 WHERE id = " + id);
      statement.getConnection().rollback();
      return "00000";
    } catch (SQLException e) {
      try {
        statement.getConnection().rollback();
      } catch (SQLException lost) {
        return lost.getSQLState();
      }
      return e.getSQLState();
    }
  }

  @Test
  void othersSeeOnlyThatASessionIsThere() throws Exception {
    try (Connection mine = server.connect("postgres");
        Connection his = bob();
        Statement my = mine.createStatement();
        Statement ask = his.createStatement()) {
      int pid = pid(my);
      assertEquals(
          List.of("postgres|postgres|null|null|null|null|<insufficient privilege>|null"),
          rows(
              ask,
              "SELECT datname, usename, state, xact_start, client_addr, backend_start, query,"
                  + " backend_type FROM pg_stat_activity WHERE pid = "
                  + pid));
      assertEquals(
          List.of("active|client backend"),
          rows(
              ask,
              "SELECT state, backend_type FROM pg_stat_activity WHERE pid = pg_backend_pid()"));
      my.execute("GRANT pg_read_all_stats TO bob");
      assertEquals(
          List.of("idle|client backend"),
          rows(ask, "SELECT state, backend_type FROM pg_stat_activity WHERE pid = " + pid));
    }
  }

  @Test
  void aDatabaseCountsItsTransactionsAndSessions() throws Exception {
    try (Connection postgres = server.connect("postgres");
        Statement statement = postgres.createStatement()) {
      statement.execute("CREATE DATABASE counted");
      try (Connection connection = server.connect("counted");
          Statement counted = connection.createStatement()) {
        counted.execute("CREATE TABLE u (id int PRIMARY KEY)");
        counted.execute("INSERT INTO u SELECT i FROM generate_series(1, 100) i");
        connection.setAutoCommit(false);
        counted.execute("DELETE FROM u WHERE id > 90");
        connection.rollback();
        connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
        counted.execute("SELECT 1");
        connection.commit();
        counted.execute("UPDATE u SET id = id + 1000 WHERE id <= 10");
        connection.commit();
        assertEquals(
            List.of("1|1|t|t|t|t|t"),
            rows(
                statement,
                "SELECT numbackends, xact_rollback, tup_inserted >= 100, tup_updated >= 10,"
                    + " tup_deleted >= 10, xact_commit >= 3, blks_hit > 0"
                    + " FROM pg_stat_database WHERE datname = 'counted'"));
      }
      await(
          statement,
          "0|1|t|t|0|0|0",
          "SELECT numbackends, sessions, session_time > 0, active_time > 0, sessions_abandoned,"
              + " sessions_fatal, sessions_killed FROM pg_stat_database WHERE datname = 'counted'");
      assertEquals(
          List.of("t|t|t|t"),
          rows(
              statement,
              "SELECT wal_records > 0, wal_bytes > 0, wal_sync > 0, stats_reset < now()"
                  + " FROM pg_stat_wal"));
      statement.execute("CHECKPOINT");
      assertEquals(
          List.of("t|t|t"),
          rows(
              statement,
              "SELECT checkpoints_req > 0, buffers_checkpoint > 0, checkpoint_write_time >= 0"
                  + " FROM pg_stat_bgwriter"));
      assertEquals(
          List.of("0|0"),
          rows(statement, "SELECT archived_count, failed_count FROM pg_stat_archiver"));
    }
  }
}
