package dev.lifeline.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.sim.SqlCluster;
import dev.lifeline.sim.SqlSession;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A statement that computes for long gives the others of its event loop their turns: in virtual
/// time, which passes by a tenth of a turn whenever the statement looks at the clock.
@TestInstance(Lifecycle.PER_CLASS)
class TurnTest {
  private static final int ROWS = 20_000;
  private static final int LOOKS_IN_A_TURN = 10;

  private SqlCluster cluster;
  private SqlSession session;

  private final class Work implements Clock, Timers {
    private long looks;
    private long turns;
    private long looksAtLastTurn;
    private long longest;

    @Override
    public long epochMicros() {
      return 1_800_000_000_000_000L;
    }

    @Override
    public long nanoTime() {
      looks++;
      return looks * TURN_NANOS / LOOKS_IN_A_TURN;
    }

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      throw new AssertionError("a statement needs no timer");
    }

    @Override
    public Future<Void> yieldTurn() {
      turns++;
      longest = Math.max(longest, looks - looksAtLastTurn);
      looksAtLastTurn = looks;
      return cluster.timers().yieldTurn();
    }

    @Override
    public void execute(Runnable action) {
      throw new AssertionError("a statement has nothing to hand over");
    }
  }

  @BeforeAll
  void open() {
    cluster = new SqlCluster(3);
    session = cluster.open();
    session.query("CREATE TABLE t (id int, k int, v text)");
    session.query(
        "INSERT INTO t SELECT i, i % 7, 'row ' || i FROM generate_series(1, " + ROWS + ") i");
    session.query("CREATE TABLE copy (id int PRIMARY KEY, k int)");
    session.query("CREATE INDEX ON t (id)");
  }

  private Work watched(String sql) {
    Work work = new Work();
    session.time(work, work);
    session.query(sql);
    return work;
  }

  /// What one look may stand for: a batch of rows for what is done to each of them quickly, a few
  /// rows where each is a change of its own.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "1024 | SELECT count(*) FROM t WHERE k = 8",
        "1024 | SELECT id, v FROM t",
        "1024 | SELECT id FROM t ORDER BY v DESC",
        "1024 | SELECT id FROM t ORDER BY v LIMIT 10",
        "1024 | SELECT v, count(*) FROM t GROUP BY v",
        "1024 | SELECT count(DISTINCT v) FROM t",
        "1024 | SELECT count(*) FROM t a JOIN t b ON a.id = b.id",
        "1024 | SELECT count(*) FROM (SELECT k, row_number() OVER (ORDER BY v) FROM t) w",
        "1024 | SELECT v FROM t UNION SELECT upper(v) FROM t",
        "1024 | SELECT count(*) FROM generate_series(1, 20000)",
        "64   | INSERT INTO copy SELECT id, k FROM t",
        "64   | UPDATE t SET k = k + 1",
        "64   | DELETE FROM copy WHERE k >= 0",
      })
  void looksAtTheClockOftenEnough(int rowsForALook, String sql) {
    Work work = watched(sql);
    assertTrue(
        work.looks >= ROWS / rowsForALook,
        () -> sql + " looked at the clock " + work.looks + " times");
    assertTrue(
        work.looks < LOOKS_IN_A_TURN || work.turns > 0, () -> sql + " kept its turn for ever");
    // What writes also waits for new pages, which ends a turn without asking for the next.
    assertTrue(
        rowsForALook < Batch.TARGET_ROWS || work.longest <= LOOKS_IN_A_TURN + 2,
        () -> sql + " kept its turn for " + work.longest + " looks");
  }

  /// Rows that do not match are not counted in batches: the join itself has to look.
  @Test
  void aJoinWithoutAMatchGivesUpItsTurn() {
    long hashed =
        watched("SELECT count(*) FROM t a JOIN t b ON a.k = b.k AND a.id + b.id < 0 AND a.id < 50")
            .looks;
    assertTrue(hashed >= 49L * ROWS / 7 / 64, () -> "looked " + hashed + " times");
    long nested =
        watched("SELECT count(*) FROM t a, t b WHERE a.id + b.id < 0 AND a.id < 50").looks;
    assertTrue(nested >= 49L * ROWS / 10_000, () -> "looked " + nested + " times");
  }

  /// A statement of many turns explains itself without a stack as deep as these are many.
  @Test
  void explainAnalyzeOfManyTurns() {
    Work work =
        watched("EXPLAIN (ANALYZE, TIMING off) SELECT count(*) FROM t a, t b WHERE a.id < 50");
    assertTrue(work.turns > 10, () -> "had " + work.turns + " turns");
  }

  @Test
  void aShortStatementKeepsItsTurn() {
    assertEquals(0, watched("SELECT v FROM t WHERE id = 77").turns);
  }
}
