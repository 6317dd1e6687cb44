package dev.lifeline.executor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.sim.SqlCluster;
import dev.lifeline.sim.SqlSession;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What a sort leaves behind that went to disk. That its rows are right is
/// `src/test/regress/sql/sort.sql`'s.
class ExternalSortTest {
  private final SqlCluster cluster = new SqlCluster(3);
  private final SqlSession session = cluster.open();

  private List<String> files() {
    cluster.settle();
    return cluster.await(cluster.memory().disk().list("base/pgsql_tmp"));
  }

  @Test
  void itsFileIsToldCountedAndGone() {
    session.query("SET work_mem = '64kB'");
    List<String> plan =
        session
            .query(
                "EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) "
                    + "SELECT g FROM generate_series(1, 50000) AS g ORDER BY -g")
            .rows()
            .stream()
            .map(row -> String.valueOf(row.getFirst()))
            .toList();
    assertTrue(
        plan.stream()
            .anyMatch(line -> line.matches("\\s+Sort Method: external merge  Disk: \\d+kB")),
        plan::toString);
    assertEquals(List.of(), files());
    session.query("SELECT pg_stat_force_next_flush()");
    List<?> counted =
        session
            .query(
                "SELECT temp_files, temp_bytes > 500000 FROM pg_stat_database "
                    + "WHERE datname = current_database()")
            .rows()
            .getFirst();
    assertEquals("[1, t]", counted.toString());
  }

  @Test
  void itsFileGoesWithAnErrorInTheMiddle() {
    session.query("SET work_mem = '64kB'");
    session.query("BEGIN");
    String failing =
        "SELECT 1 / (x.g - 2) FROM (SELECT g FROM generate_series(1, 50000) AS g ORDER BY g) AS x";
    PgException error = session.run(failing).getLast().error();
    assertEquals(SqlState.DIVISION_BY_ZERO, error == null ? null : error.sqlState());
    session.query("ROLLBACK");
    assertEquals(List.of(), files());
  }
}
