package dev.lifeline.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.sim.SqlCluster;
import dev.lifeline.sim.SqlSession;
import dev.lifeline.sim.SqlSession.Outcome;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Two sessions at the same rows: what PostgreSQL's documentation promises of READ COMMITTED and
/// REPEATABLE READ.
class ConcurrentUpdateTest {
  private SqlCluster cluster;
  private SqlSession first;
  private SqlSession second;

  @BeforeEach
  void open() {
    cluster = new SqlCluster(7);
    first = cluster.open();
    second = cluster.open();
    first.query("CREATE TABLE t (id int PRIMARY KEY, n int, v text)");
    first.query("INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c')");
  }

  /// Starts a statement that must wait for the other session.
  private Future<List<Outcome>> blocked(SqlSession session, String sql) {
    Future<List<Outcome>> running = session.start(sql);
    cluster.settle();
    assertFalse(running.isComplete(), sql + " did not wait");
    return running;
  }

  private String value(String sql) {
    return String.valueOf(first.query(sql).rows().getFirst().getFirst());
  }

  @Test
  void secondUpdateSeesTheFirst() {
    first.query("BEGIN");
    first.query("UPDATE t SET n = n + 1 WHERE id = 1");
    Future<List<Outcome>> waiting = blocked(second, "UPDATE t SET n = n + 5 WHERE id = 1");
    first.query("COMMIT");
    assertEquals("UPDATE 1", cluster.await(waiting).getFirst().tag());
    assertEquals("16", value("SELECT n FROM t WHERE id = 1"));
  }

  @Test
  void rowThatNoLongerMatchesIsPassedOver() {
    first.query("BEGIN");
    first.query("UPDATE t SET n = 99 WHERE id = 2");
    Future<List<Outcome>> waiting = blocked(second, "UPDATE t SET v = 'late' WHERE n = 20");
    first.query("COMMIT");
    assertEquals("UPDATE 0", cluster.await(waiting).getFirst().tag());
    assertEquals("b", value("SELECT v FROM t WHERE id = 2"));
  }

  @Test
  void deletedRowIsPassedOver() {
    first.query("BEGIN");
    first.query("DELETE FROM t WHERE id = 3");
    Future<List<Outcome>> waiting = blocked(second, "UPDATE t SET n = 0 WHERE id = 3");
    first.query("COMMIT");
    assertEquals("UPDATE 0", cluster.await(waiting).getFirst().tag());
  }

  @Test
  void rolledBackChangeDoesNotCount() {
    first.query("BEGIN");
    first.query("UPDATE t SET n = 1000 WHERE id = 1");
    Future<List<Outcome>> waiting = blocked(second, "UPDATE t SET n = n + 5 WHERE id = 1");
    first.query("ROLLBACK");
    assertEquals("UPDATE 1", cluster.await(waiting).getFirst().tag());
    assertEquals("15", value("SELECT n FROM t WHERE id = 1"));
  }

  @Test
  void joinIsCheckedAgainWithTheNewRow() {
    first.query("BEGIN");
    first.query("UPDATE t SET n = 21 WHERE id = 2");
    Future<List<Outcome>> waiting =
        blocked(
            second,
            "UPDATE t SET v = s.w FROM (VALUES (20, 'old'), (30, 'thirty')) AS s (k, w)"
                + " WHERE t.n = s.k");
    first.query("COMMIT");
    assertEquals("UPDATE 1", cluster.await(waiting).getFirst().tag());
    assertEquals("b", value("SELECT v FROM t WHERE id = 2"));
    assertEquals("thirty", value("SELECT v FROM t WHERE id = 3"));
  }

  @Test
  void repeatableReadGivesUp() {
    second.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    second.query("SELECT count(*) FROM t");
    first.query("UPDATE t SET n = 11 WHERE id = 1");
    Outcome outcome = second.run("UPDATE t SET n = n + 5 WHERE id = 1").getFirst();
    assertTrue(outcome.error() != null);
    assertEquals(SqlState.T_R_SERIALIZATION_FAILURE, outcome.error().sqlState());
    assertEquals("could not serialize access due to concurrent update", outcome.error().message());
  }

  @Test
  void selectForUpdateReturnsTheNewVersion() {
    first.query("BEGIN");
    first.query("UPDATE t SET n = 12 WHERE id = 1");
    Future<List<Outcome>> waiting = blocked(second, "SELECT n * 2 FROM t WHERE id = 1 FOR UPDATE");
    first.query("COMMIT");
    assertEquals(List.of(List.of("24")), cluster.await(waiting).getFirst().rows());
  }

  @Test
  void lockedRowsAreSkippedOrRefused() {
    first.query("BEGIN");
    first.query("SELECT * FROM t WHERE id = 1 FOR UPDATE");
    assertEquals(
        List.of(List.of("2"), List.of("3")),
        second.query("SELECT id FROM t ORDER BY id FOR UPDATE SKIP LOCKED").rows());
    Outcome refused = second.run("SELECT id FROM t WHERE id = 1 FOR UPDATE NOWAIT").getFirst();
    assertTrue(refused.error() != null);
    assertEquals(SqlState.LOCK_NOT_AVAILABLE, refused.error().sqlState());
    assertEquals("could not obtain lock on row in relation \"t\"", refused.error().message());
  }

  @Test
  void sameKeyWaitsForTheFirstInsert() {
    first.query("BEGIN");
    first.query("INSERT INTO t VALUES (9, 1, 'first')");
    Future<List<Outcome>> waiting = blocked(second, "INSERT INTO t VALUES (9, 2, 'second')");
    first.query("COMMIT");
    Outcome outcome = cluster.await(waiting).getFirst();
    assertTrue(outcome.error() != null);
    assertEquals(SqlState.UNIQUE_VIOLATION, outcome.error().sqlState());
  }

  @Test
  void onConflictWaitsAndUpdatesWhatWasInserted() {
    first.query("BEGIN");
    first.query("INSERT INTO t VALUES (9, 1, 'first')");
    Future<List<Outcome>> waiting =
        blocked(
            second,
            "INSERT INTO t VALUES (9, 2, 'second') ON CONFLICT (id) DO UPDATE SET n = t.n + 100");
    first.query("COMMIT");
    assertEquals("INSERT 0 1", cluster.await(waiting).getFirst().tag());
    assertEquals("101", value("SELECT n FROM t WHERE id = 9"));
  }

  @Test
  void planIsMadeAnewAfterDdl() {
    second.query("SELECT * FROM t WHERE id = 1");
    first.query("ALTER TABLE t DROP COLUMN v");
    assertEquals(List.of("id", "n"), second.query("SELECT * FROM t WHERE id = 1").columns());
    first.query("DROP TABLE t");
    Outcome gone = second.run("SELECT * FROM t WHERE id = 1").getFirst();
    assertTrue(gone.error() != null);
    assertEquals(SqlState.UNDEFINED_TABLE, gone.error().sqlState());
  }
}
