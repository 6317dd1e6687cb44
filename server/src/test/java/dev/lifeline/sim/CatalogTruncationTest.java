package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockTag;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// VACUUM gives the room back that dropped tables had in the system catalogs, while other sessions
/// look things up there and change them.
class CatalogTruncationTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260104L);

  private static final int TABLES = 40;

  private final SqlCluster cluster = new SqlCluster(StorageFixture.config(512), SEED);
  private final SqlSession session = cluster.open();

  /// The length of `pg_attribute` before all, and with the dead rows.
  private long small;

  private long big;

  private static String create(String name) {
    StringBuilder columns = new StringBuilder("id int");
    for (int i = 0; i < 30; i++) {
      columns.append(", a_column_with_a_name_").append(i).append(" text");
    }
    return "CREATE TABLE " + name + " (" + columns + ")";
  }

  private long pages() {
    return Long.parseLong(
        session
            .query("SELECT pg_relation_size('pg_attribute') / 8192")
            .rows()
            .getFirst()
            .getFirst());
  }

  @BeforeEach
  void bloat() {
    session.query("VACUUM");
    small = pages();
    for (int i = 0; i < TABLES; i++) {
      session.query(create("t" + i));
    }
    for (int i = 0; i < TABLES; i++) {
      session.query("DROP TABLE t" + i);
    }
    big = pages();
    assertTrue(big > 2 * small, small + " pages and then " + big);
  }

  @Test
  void whatDroppedTablesHadIsCutOff() {
    session.query("VACUUM");
    assertTrue(pages() <= small + 1, () -> pages() + " pages are left of " + big);
    session.query(create("t"));
    session.query("INSERT INTO t (id) VALUES (1)");
    cluster.losePower();
    cluster.start(0);
    assertEquals(List.of(List.of("1")), cluster.open().query("SELECT id FROM t").rows());
    assertEquals(List.of(), cluster.findings());
  }

  /// A reader of the catalog has a lock on it, as on any table.
  @Test
  void whoReadsTheCatalogInAQueryIsNotDisturbed() {
    SqlSession reader = cluster.open();
    reader.query("BEGIN; SELECT count(*) FROM pg_attribute");
    session.query("VACUUM pg_attribute");
    assertEquals(big, pages());
    reader.query("COMMIT");
    // The pages are empty and known as visible to all, so that this one passes over them.
    session.query("VACUUM pg_attribute");
    assertTrue(pages() <= small + 1, () -> pages() + " pages are left of " + big);
  }

  /// CREATE DATABASE has this lock on its template while it copies the pages.
  @Test
  void whatIsBeingCopiedIsNotCutOff() {
    SqlSession copier = cluster.open();
    LockTag database = LockTag.object(0, 1262, copier.databaseOid());
    cluster.memory().locks().lock(copier.lockOwner(), database, LockMode.SHARE);
    session.query("VACUUM pg_attribute");
    assertEquals(big, pages());
    cluster.memory().locks().unlock(copier.lockOwner(), database, LockMode.SHARE);
    session.query("VACUUM pg_attribute");
    assertTrue(pages() <= small + 1, () -> pages() + " pages are left of " + big);
  }

  @Test
  void othersGoOnCreatingAndLookingUp() {
    List<Future<?>> all = new ArrayList<>();
    all.add(session.start("VACUUM"));
    for (int i = 0; i < 6; i++) {
      SqlSession other = cluster.open();
      String name = "beside" + i;
      Future<?> done = Future.succeededFuture();
      for (int j = 0; j < 5; j++) {
        done =
            done.compose(created -> other.start(create(name)))
                .compose(created -> other.start("SELECT * FROM " + name))
                .compose(read -> other.start("DROP TABLE " + name));
      }
      all.add(done);
    }
    Future<?> vacuuming = all.getFirst();
    for (int i = 0; i < 5; i++) {
      vacuuming = vacuuming.compose(again -> session.start("VACUUM pg_attribute"));
    }
    cluster.await(vacuuming);
    all.forEach(cluster::await);
    session.query("VACUUM");
    assertTrue(pages() <= small + 1, () -> pages() + " pages are left of " + big);
    assertEquals(List.of(), cluster.findings());
  }
}
