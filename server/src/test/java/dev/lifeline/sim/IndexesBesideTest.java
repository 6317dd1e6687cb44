package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import dev.lifeline.access.StorageFixture;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The lock of CREATE INDEX does not exclude itself: `pg_restore -j` makes a table's indexes beside
/// each other, and each tells the same row of `pg_class` what it has counted.
class IndexesBesideTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "PRIMARY KEY"})
  void indexesOfOneTableAreMadeBesideEachOther(String key) {
    SqlCluster cluster = new SqlCluster(StorageFixture.config(512), 20261123L);
    SqlSession session = cluster.open();
    session.query("CREATE TABLE t (id int " + key + ", a int, b int, c int)");
    session.query("INSERT INTO t SELECT i, i % 7, i % 11, -i FROM generate_series(1, 3000) i");
    List<Future<List<SqlSession.Outcome>>> all = new ArrayList<>();
    for (String column : List.of("a", "b", "c")) {
      all.add(cluster.open().start("CREATE INDEX t_" + column + " ON t (" + column + ")"));
    }
    for (Future<List<SqlSession.Outcome>> one : all) {
      assertNull(cluster.await(one).getLast().error());
    }
    assertEquals(
        List.of(List.of("t", "3000")),
        session
            .query("SELECT relhasindex, reltuples FROM pg_class WHERE oid = 't'::regclass")
            .rows());
    assertEquals(List.of(), cluster.findings());
  }
}
