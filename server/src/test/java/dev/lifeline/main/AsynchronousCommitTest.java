package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `synchronous_commit = off` and `kill -9`: what may be lost are the last commits, and only those
/// of three rounds of the WAL writer, as PostgreSQL promises.
class AsynchronousCommitTest {
  private static final long ROUND_MS = 200;

  /// For a machine that has other things to do, too: the WAL writer's turn may come late.
  private static final long GRACE_MS = 1_000;

  @TempDir private Path dir;

  @Test
  void aCrashLosesNoMoreThanThreeRoundsOfTheWalWriter() throws Exception {
    try (LifelineProcess server =
        LifelineProcess.start(
            dir.resolve("data"), "-c", "wal_writer_delay=" + ROUND_MS, "-c", "autovacuum=off")) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE committed (n int)");
      }
      List<Long> acknowledged = new ArrayList<>();
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(() -> commits(server, acknowledged));
      Thread.sleep(2 * (3 * ROUND_MS + GRACE_MS));
      final long killedAt = System.nanoTime();
      server.kill();
      load.get(20, TimeUnit.SECONDS);
      server.restart();

      long promised =
          acknowledged.stream()
              .filter(at -> killedAt - at > TimeUnit.MILLISECONDS.toNanos(3 * ROUND_MS + GRACE_MS))
              .count();
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement();
          ResultSet row =
              statement.executeQuery(
                  "SELECT count(*), coalesce(max(n), 0), current_setting('synchronous_commit')"
                      + " FROM committed")) {
        row.next();
        assertTrue(promised > 10, promised + " commits are no test");
        assertTrue(row.getLong(1) >= promised, row.getLong(1) + " of " + promised);
        assertEquals(row.getLong(2), row.getLong(1), "a commit is missing before the last one");
        assertEquals("on", row.getString(3));
      }
      assertEquals(0, server.stop("INT"), server.log());
    }
  }

  /// Commits 1, 2, 3, ... until the server is gone, and notes when each was acknowledged.
  private static void commits(LifelineProcess server, List<Long> acknowledged) {
    try (Connection connection = server.connect("postgres");
        Statement settings = connection.createStatement();
        PreparedStatement insert =
            connection.prepareStatement("INSERT INTO committed VALUES (?)")) {
      settings.execute("SET synchronous_commit = off");
      while (true) {
        insert.setInt(1, acknowledged.size() + 1);
        insert.execute();
        acknowledged.add(System.nanoTime());
      }
    } catch (SQLException killed) {
      // As it should be.
    }
  }
}
