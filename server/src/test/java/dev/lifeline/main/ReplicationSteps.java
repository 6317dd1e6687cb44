package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// What tests of replication do on both sides of it.
final class ReplicationSteps {
  static final long TIMEOUT_S = 60;

  private ReplicationSteps() {}

  /// Something that becomes so sooner or later.
  interface Check {
    boolean holds() throws Exception;
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /// The rows of a query, their columns separated by `|`.
  static List<String> rows(Connection connection, String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        StringBuilder row = new StringBuilder();
        for (int c = 1; c <= result.getMetaData().getColumnCount(); c++) {
          row.append(c == 1 ? "" : "|").append(result.getString(c));
        }
        rows.add(row.toString());
      }
    }
    return rows;
  }

  static void await(String what, Check check) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_S);
    while (!check.holds()) {
      assertTrue(System.nanoTime() < until, what);
      Thread.sleep(50);
    }
  }
}
