package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Who goes through a table that is not in memory asks for the pages behind the one that he waits
/// for: in the time of the simulator, all of it takes a small part of what the pages take one by
/// one.
class ReadAheadTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260109L);

  private static final int ROWS = 3000;

  private final SqlCluster cluster = new SqlCluster(StorageFixture.config(512), SEED);
  private SqlSession session = cluster.open();

  @BeforeEach
  void fill() {
    session.query("CREATE TABLE t (id int PRIMARY KEY, v text) WITH (autovacuum_enabled = off)");
    session.query("INSERT INTO t SELECT g, repeat('x', 400) FROM generate_series(1, 3000) g");
    session.query("ANALYZE t");
  }

  /// The catalogs have been looked at, the table has not.
  private void forgetPages() {
    cluster.shutDown();
    cluster.start(0);
    session = cluster.open();
    session.query("SELECT count(*) FROM t WHERE id = 1");
  }

  private long nanosFor(String sql) {
    long begun = cluster.scheduler().nanoTime();
    session.query(sql);
    return cluster.scheduler().nanoTime() - begun;
  }

  /// A row of each page, alone.
  private long nanosOneByOne() {
    forgetPages();
    long nanos = 0;
    for (int id = 20; id < ROWS; id += 20) {
      nanos += nanosFor("SELECT v FROM t WHERE id = " + id);
    }
    return nanos;
  }

  private void isQuick(String sql) {
    long oneByOne = nanosOneByOne();
    forgetPages();
    long nanos = nanosFor(sql);
    assertTrue(nanos > 0, "the pages were in memory");
    assertTrue(nanos < oneByOne / 3, nanos + " ns, and one by one " + oneByOne);
  }

  @Test
  void aScanReadsAhead() {
    isQuick("SELECT count(v) FROM t");
  }

  @Test
  void aBitmapScanReadsAhead() {
    session.query("SET enable_seqscan = off; SET enable_indexscan = off");
    assertEquals(
        "  ->  Bitmap Heap Scan on t",
        session
            .query("EXPLAIN (COSTS OFF) SELECT count(v) FROM t WHERE id > 10")
            .rows()
            .get(1)
            .getFirst());
    isQuick(
        "SET enable_seqscan = off; SET enable_indexscan = off;"
            + " SELECT count(v) FROM t WHERE id > 10");
  }

  @Test
  void vacuumReadsAhead() {
    isQuick("VACUUM (DISABLE_PAGE_SKIPPING, INDEX_CLEANUP off, TRUNCATE off) t");
  }
}
