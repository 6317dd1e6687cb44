package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A real pgbench: its modes run without an error, and the books balance afterwards.
class PgbenchTest {
  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = LifelineProcess.start(dir.resolve("data"));
    Tools.Result init = Tools.pgbench(server, "postgres", "-i", "-s", "1", "-q");
    assertEquals(0, init.exitCode(), init.both());
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
    server.verifyEvents();
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "extended", "prepared"})
  void tpcbRunsInEachMode(String mode) throws Exception {
    run("-M", mode, "-c", "8", "-T", "4");
    booksBalance();
  }

  @Test
  void selectOnly() throws Exception {
    run("-S", "-M", "prepared", "-c", "8", "-T", "3");
  }

  @Test
  void aConnectionForEachTransaction() throws Exception {
    run("-C", "-c", "8", "-T", "4");
    booksBalance();
  }

  /// Without -n pgbench would empty pgbench_history first.
  private static void run(String... given) throws Exception {
    String[] options = Arrays.copyOf(given, given.length + 1);
    options[given.length] = "-n";
    Tools.Result result = Tools.pgbench(server, "postgres", options);
    assertEquals(0, result.exitCode(), result.both());
    assertTrue(result.out().contains("number of failed transactions: 0 (0.000%)"), result.both());
  }

  private static void booksBalance() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      long history = sum(statement, "select coalesce(sum(delta), 0) from pgbench_history");
      assertEquals(history, sum(statement, "select sum(abalance) from pgbench_accounts"));
      assertEquals(history, sum(statement, "select sum(tbalance) from pgbench_tellers"));
      assertEquals(history, sum(statement, "select sum(bbalance) from pgbench_branches"));
      assertEquals(100_000, sum(statement, "select count(*) from pgbench_accounts"));
    }
  }

  private static long sum(Statement statement, String query) throws Exception {
    try (ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getLong(1);
    }
  }
}
