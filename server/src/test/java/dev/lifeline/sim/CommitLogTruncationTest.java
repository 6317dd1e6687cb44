package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.transam.Clog;
import dev.lifeline.access.transam.XidJump;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Freezing lets go of the commit log, segment by segment: not before every database has done it,
/// never below what a snapshot still needs, and so that no crash leaves a row whose transaction
/// nobody knows any more.
class CommitLogTruncationTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260103L);

  private static final int TEMPLATE1 = 1;
  private static final int TEMPLATE0 = 4;

  /// Transactions of one file of `pg_xact`.
  private static final long SEGMENT = 1L << 20;

  /// Shut down, with rows of transactions from three segments ago.
  private static SqlCluster old;

  private static long oldXid;

  @BeforeAll
  static void age() {
    old = new SqlCluster(StorageFixture.config(256), SEED);
    SqlSession session = old.open();
    session.query("CREATE TABLE t (a int PRIMARY KEY, b text)");
    session.query("INSERT INTO t SELECT g, 'old' FROM generate_series(1, 300) g");
    session.query("BEGIN; DELETE FROM t WHERE a < 50; ROLLBACK");
    session.query("BEGIN; UPDATE t SET b = 'undone' WHERE a = 100; ROLLBACK");
    session.query("BEGIN; SELECT a FROM t WHERE a > 290 FOR UPDATE; COMMIT");
    oldXid = old.memory().transactions().nextXid() - 1;
    XidJump.ahead(old.memory().transactions(), SEGMENT + 1000);
    session.query("DELETE FROM t WHERE a = 200");
    session.query("INSERT INTO t VALUES (1000, 'newer')");
    XidJump.ahead(old.memory().transactions(), 2 * SEGMENT);
    session.query("UPDATE t SET b = 'new' WHERE a = 250");
    assertEquals(List.of(), old.findings());
    old.shutDown();
  }

  private static SqlCluster start() {
    SqlCluster cluster = old.copy(SEED);
    cluster.start(0);
    return cluster;
  }

  private static List<String> segments(SqlCluster cluster) {
    return cluster.await(cluster.disk().list(Clog.DIRECTORY)).stream().sorted().toList();
  }

  private static void freeze(SqlCluster cluster, int database) {
    cluster.open(database).query("VACUUM (FREEZE)");
  }

  private static void rowsAreThere(SqlCluster cluster) {
    assertEquals(
        List.of(List.of("300", "298", "1")),
        cluster
            .open()
            .query(
                "SELECT count(*), count(*) FILTER (WHERE b = 'old'),"
                    + " count(*) FILTER (WHERE b = 'new') FROM t")
            .rows());
  }

  @Test
  void theFilesGoWhenEveryDatabaseIsFrozen() {
    SqlCluster cluster = start();
    Clog clog = cluster.memory().transactions().clog();
    assertEquals(List.of("0000", "0001", "0002", "0003"), segments(cluster));
    freeze(cluster, 5);
    freeze(cluster, TEMPLATE1);
    cluster.checkpoint();
    assertEquals(3, clog.oldestXid());
    assertEquals(4, segments(cluster).size());
    freeze(cluster, TEMPLATE0);
    assertTrue(clog.oldestXid() > 3 * SEGMENT, () -> "oldest xid " + clog.oldestXid());
    assertEquals(4, segments(cluster).size(), "recovery would still write to them");
    PgException gone = assertThrows(PgException.class, () -> clog.status(oldXid));
    assertEquals("could not access status of transaction " + oldXid, gone.getMessage());
    cluster.checkpoint();
    assertEquals(List.of("0003"), segments(cluster));
    rowsAreThere(cluster);
    assertEquals(List.of(), cluster.findings());
    SqlSession session = cluster.open();
    assertEquals(
        List.of(List.of("t", "t")),
        session
            .query(
                "SELECT age(relfrozenxid) < 1000, relfrozenxid::text::bigint > 3000000"
                    + " FROM pg_class WHERE relname = 't'")
            .rows());
    session.query("INSERT INTO t VALUES (2000, 'after')");
    cluster.losePower();
    cluster.start(0);
    assertEquals(List.of("0003"), segments(cluster));
    assertTrue(cluster.memory().transactions().clog().oldestXid() > 3 * SEGMENT);
    assertEquals(List.of(), cluster.findings());
    // A copy of the template has its xids, not those of the first day.
    cluster.open().query("CREATE DATABASE copied");
    assertEquals(List.of(), cluster.findings());
  }

  @Test
  void anOldSnapshotKeepsThem() {
    SqlCluster cluster = start();
    SqlSession reader = cluster.open();
    reader.query("BEGIN ISOLATION LEVEL REPEATABLE READ");
    reader.query("SELECT count(*) FROM t");
    long seen = cluster.memory().transactions().nextXid();
    XidJump.ahead(cluster.memory().transactions(), 2 * SEGMENT);
    cluster.open().query("DELETE FROM t WHERE a < 10");
    for (int database : List.of(TEMPLATE0, TEMPLATE1, 5)) {
      freeze(cluster, database);
    }
    cluster.checkpoint();
    assertTrue(cluster.memory().transactions().clog().oldestXid() <= seen);
    assertTrue(segments(cluster).contains("0003"));
    assertEquals(List.of(List.of("300")), reader.query("SELECT count(*) FROM t").rows());
    reader.query("COMMIT");
  }

  @Test
  void vacuumOfOneTableFreezesOnlyWhatIsOldEnough() {
    SqlCluster cluster = start();
    SqlSession session = cluster.open();
    session.query("SET vacuum_freeze_min_age = 2500000");
    session.query("VACUUM t");
    String frozen = "SELECT age(relfrozenxid) FROM pg_class WHERE relname = 't'";
    long age = Long.parseLong(String.valueOf(session.query(frozen).rows().getFirst().getFirst()));
    assertTrue(age > 2 * SEGMENT && age < 2_500_000, "age " + age);
    assertEquals(List.of(), cluster.findings());
    session.query("SET vacuum_freeze_table_age = 1000000");
    session.query("SET vacuum_freeze_min_age = 0");
    session.query("VACUUM t");
    age = Long.parseLong(String.valueOf(session.query(frozen).rows().getFirst().getFirst()));
    assertTrue(age < 100, "age " + age);
    rowsAreThere(cluster);
    assertEquals(List.of(), cluster.findings());
  }

  @Test
  void aCrashAnywhereLosesNoRow() {
    long operations = crashAt(0);
    assertTrue(operations > 100, "too few operations to prove anything: " + operations);
    long stride = Long.getLong("lifeline.sim.stride", Math.max(1, operations / 25));
    for (long at = 1; at <= operations; at += stride) {
      try {
        crashAt(at);
      } catch (AssertionError | RuntimeException e) {
        fail("seed %d, power failure at operation %d".formatted(SEED, at), e);
      }
    }
  }

  private static long crashAt(long at) {
    SqlCluster cluster = old.copy(SEED);
    try {
      cluster.start(at);
      for (int database : List.of(TEMPLATE0, TEMPLATE1, 5)) {
        freeze(cluster, database);
      }
      cluster.checkpoint();
      cluster.open().query("UPDATE t SET b = b WHERE a = 1");
      cluster.checkpoint();
      assertFalse(segments(cluster).contains("0000"));
    } catch (SimDisk.PowerFailure e) {
      // This is what the run was to come to.
    }
    long operations = cluster.operations();
    cluster.losePower();
    cluster.start(0);
    assertEquals(List.of(), cluster.findings());
    rowsAreThere(cluster);
    cluster.losePower();
    return operations;
  }
}
