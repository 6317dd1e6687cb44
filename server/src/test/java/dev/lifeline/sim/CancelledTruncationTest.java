package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Whoever waits for a table that VACUUM is cutting the end off gets it when the cut is made, not
/// when VACUUM is cancelled: what he writes behind the new end would be cut off with the rest.
class CancelledTruncationTest {
  private static final long SEED = 20261123L;

  @Test
  void whatIsWrittenAfterTheCancelStays() {
    SqlCluster before = new SqlCluster(StorageFixture.config(512), SEED);
    SqlSession session = before.open();
    session.query("CREATE TABLE t (id int, filler text)");
    session.query("INSERT INTO t SELECT i, repeat('x', 500) FROM generate_series(1, 120) i");
    session.query("DELETE FROM t WHERE id > 20");
    before.shutDown();

    boolean over = false;
    int cancelled = 0;
    for (int tasks = 0; !over; tasks++) {
      SqlCluster cluster = before.copy(SEED + tasks);
      cluster.start(0);
      SqlSession vacuum = cluster.open();
      SqlSession writer = cluster.open();
      Future<List<SqlSession.Outcome>> vacuumed = vacuum.start("VACUUM t");
      int[] left = {tasks};
      cluster.scheduler().runUntil(() -> vacuumed.isComplete() || left[0]-- == 0);
      over = vacuumed.isComplete();
      vacuum.cancel();
      Future<?> written =
          writer.start(
              "INSERT INTO t SELECT i, repeat('y', 500) FROM generate_series(1001, 1100) i");
      cancelled += cluster.await(vacuumed).getLast().error() == null ? 0 : 1;
      cluster.await(written);
      assertEquals(
          List.of(List.of("120")),
          writer.query("SELECT count(*) FROM t").rows(),
          "cancelled after " + tasks + " tasks");
      if (over) {
        assertEquals(List.of(), cluster.findings());
      }
    }
    assertTrue(cancelled > 10, cancelled + " were cancelled");
  }
}
