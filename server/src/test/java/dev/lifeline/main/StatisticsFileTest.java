package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The cumulative statistics over the end of the server: kept after a clean one, discarded after a
/// crash.
class StatisticsFileTest {
  @TempDir private Path dir;

  private static String counted(LifelineProcess server) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT n_tup_ins || ' ' || n_tup_del || ' ' || n_live_tup || ' ' || n_dead_tup"
                    + " || ' ' || vacuum_count || ' ' || (last_vacuum IS NOT NULL)::text"
                    + " || ' ' || (heap_blks_hit > 0)::text"
                    + " FROM pg_stat_user_tables JOIN pg_statio_user_tables USING (relid)"
                    + " WHERE relid = 't'::regclass")) {
      assertTrue(row.next());
      return row.getString(1);
    }
  }

  private static String resets(LifelineProcess server) throws SQLException {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT w.stats_reset || ' ' || b.stats_reset FROM pg_stat_wal w, pg_stat_bgwriter"
                    + " b")) {
      assertTrue(row.next());
      return row.getString(1);
    }
  }

  @Test
  void theyAreKeptOverACleanRestartAndDiscardedAfterACrash() throws Exception {
    Path file = dir.resolve("data/pg_stat/pgstat.stat");
    try (LifelineProcess server =
        LifelineProcess.start(dir.resolve("data"), "-c", "autovacuum=off")) {
      try (Connection connection = server.connect("postgres");
          Statement statement = connection.createStatement()) {
        statement.execute("CREATE TABLE t (id int)");
        statement.execute("INSERT INTO t SELECT i FROM generate_series(1, 1000) i");
        statement.execute("VACUUM t");
        statement.execute("DELETE FROM t WHERE id <= 100");
      }
      String before = counted(server);
      String resets = resets(server);
      assertEquals("1000 100 900 100 1 true true", before);
      assertEquals(0, server.stop("TERM"), server.log());
      assertTrue(Files.exists(file), "written at the end");
      server.restart();
      assertFalse(Files.exists(file), "used up by the start");
      assertEquals(before, counted(server));
      assertEquals(resets, resets(server));

      server.kill();
      server.restart();
      assertEquals("0 0 0 0 0 false false", counted(server));
      assertFalse(resets.equals(resets(server)), "the counters began anew");

      assertEquals(0, server.stop("TERM"), server.log());
      byte[] content = Files.readAllBytes(file);
      content[content.length / 2] ^= 1;
      Files.write(file, content);
      server.restart();
      assertEquals("0 0 0 0 0 false false", counted(server));
      assertTrue(
          server.log().contains("corrupted statistics file \"pg_stat/pgstat.stat\""), server.log());
      assertEquals(0, server.stop("TERM"), server.log());
    }
  }
}
