package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Row locks of transactions that a loss of power has ended: on the disk their xmax says that the
/// row is locked, and nobody holds it.
class RowLocksOverCrashTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260105L);

  private final SqlCluster cluster = new SqlCluster(StorageFixture.config(256), SEED);

  @BeforeEach
  void create() {
    SqlSession session = cluster.open();
    session.query("CREATE TABLE t (id int PRIMARY KEY, v int)");
    session.query("INSERT INTO t SELECT g, g * 10 FROM generate_series(1, 8) g");
    session.query("CREATE TABLE c (id int REFERENCES t)");
  }

  private SqlSession begun(String... statements) {
    SqlSession session = cluster.open();
    session.query("BEGIN");
    for (String statement : statements) {
      session.query(statement);
    }
    return session;
  }

  /// Locks of every strength, alone and by several, in savepoints, beside updates and over them.
  private void lockAll() {
    begun("SELECT * FROM t WHERE id = 1 FOR UPDATE");
    begun("SELECT * FROM t WHERE id = 2 FOR SHARE");
    begun("SELECT * FROM t WHERE id = 2 FOR SHARE");
    begun("SELECT * FROM t WHERE id = 2 FOR KEY SHARE");
    begun("SELECT * FROM t WHERE id = 3 FOR KEY SHARE");
    begun("UPDATE t SET v = -3 WHERE id = 3");
    begun("UPDATE t SET v = -4 WHERE id = 4");
    begun("SELECT * FROM t WHERE id = 4 FOR KEY SHARE", "INSERT INTO c VALUES (4)");
    begun("SAVEPOINT s", "SELECT * FROM t WHERE id = 5 FOR NO KEY UPDATE", "ROLLBACK TO s");
    begun("SAVEPOINT s", "SELECT * FROM t WHERE id = 5 FOR UPDATE");
    begun("SELECT * FROM t WHERE id = 6 FOR UPDATE", "DELETE FROM t WHERE id = 6");
    SqlSession committed = begun("SELECT * FROM t WHERE id = 7 FOR UPDATE");
    begun("SELECT * FROM t WHERE id = 8 FOR KEY SHARE");
    SqlSession beside = begun("UPDATE t SET v = 81 WHERE id = 8");
    // Both have made the log durable up to here.
    committed.query("COMMIT");
    beside.query("COMMIT");
  }

  private static void isLocked(SqlSession session, int id) {
    SqlSession.Outcome outcome =
        session.run("SELECT * FROM t WHERE id = " + id + " FOR UPDATE NOWAIT").getLast();
    assertTrue(outcome.error() != null, "row " + id + " is not locked");
    assertEquals("55P03", outcome.error().sqlState().code());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void nobodyHoldsThem(boolean checkpoint) {
    lockAll();
    SqlSession session = cluster.open();
    for (int id : new int[] {1, 2, 3, 4, 5, 6, 8}) {
      isLocked(session, id);
    }
    if (checkpoint) {
      // The pages are on the disk as they are, and redo has nothing to do.
      cluster.checkpoint();
    }
    cluster.losePower();
    cluster.start(0);
    SqlSession after = cluster.open();
    assertEquals(
        List.of(List.of("10 20 30 40 50 60 70 81")),
        after.query("SELECT string_agg(v::text, ' ' ORDER BY id) FROM t").rows());
    assertEquals(8, after.query("SELECT * FROM t ORDER BY id FOR UPDATE NOWAIT").rows().size());
    after.query("UPDATE t SET v = v + 1");
    after.query("UPDATE t SET id = id + 100 WHERE id = 2");
    after.query("DELETE FROM t WHERE id = 3");
    assertEquals(List.of(), after.query("SELECT * FROM c").rows());
    assertEquals(List.of(), cluster.findings());
    after.query("VACUUM (FREEZE) t");
    assertEquals(
        List.of(List.of("11 41 51 61 71 82 21")),
        after.query("SELECT string_agg(v::text, ' ' ORDER BY id) FROM t").rows());
    assertEquals(List.of(), cluster.findings());
  }

  /// The xid of a lock that the crash has undone is given out again: the row must not become its.
  @Test
  void whoGetsTheXidAgainDoesNotGetTheLock() {
    long before = cluster.memory().transactions().nextXid();
    begun("SELECT * FROM t WHERE id = 1 FOR UPDATE", "UPDATE t SET v = 0 WHERE id = 2");
    cluster.losePower();
    cluster.start(0);
    assertEquals(before, cluster.memory().transactions().nextXid(), "the xid was durable");
    SqlSession again = begun("INSERT INTO t VALUES (9, 90)");
    SqlSession other = cluster.open();
    assertNull(other.run("SELECT * FROM t WHERE id IN (1, 2) FOR UPDATE NOWAIT").getLast().error());
    again.query("COMMIT");
    assertEquals(
        List.of(List.of("10"), List.of("20")),
        other.query("SELECT v FROM t WHERE id < 3 ORDER BY id").rows());
    assertEquals(List.of(), cluster.findings());
  }
}
