package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.lifeline.access.StorageFixture;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// The power fails at every operation by which CREATE, DROP, TRUNCATE and the rewriting of tables,
/// and CREATE and DROP of databases, change the disk: afterwards a statement has happened or has
/// not, no file is missing, and none is left over.
///
/// `-Dlifeline.sim.stride=1` crashes the long workload of the databases at every operation, too.
class CrashDdlEverywhereTest {
  private static final long SEED = Long.getLong("lifeline.sim.seed", 20260102L);

  private static final List<String> TABLES =
      List.of(
          "CREATE TABLE a (id int PRIMARY KEY, v text)",
          "INSERT INTO a SELECT g, repeat('x', 3000) FROM generate_series(1, 20) g",
          "TRUNCATE a",
          "INSERT INTO a VALUES (1, 'after the first truncation')",
          "CREATE TABLE b (v int UNIQUE)",
          "INSERT INTO b (v) SELECT g FROM generate_series(1, 300) g",
          "CHECKPOINT",
          "CREATE SEQUENCE s",
          "BEGIN; CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c VALUES (1); ROLLBACK",
          "BEGIN; CREATE TABLE c (id int PRIMARY KEY); TRUNCATE a; DROP TABLE b;"
              + " INSERT INTO c VALUES (1); COMMIT",
          "BEGIN; DROP TABLE c; TRUNCATE a; ROLLBACK",
          "CREATE INDEX a_v ON a (v)",
          "DELETE FROM a",
          "VACUUM a",
          "DROP TABLE c",
          "DROP SEQUENCE s",
          "DROP TABLE a");

  private static final List<String> REWRITES =
      List.of(
          "CREATE TABLE a (id int PRIMARY KEY, v text)",
          "ALTER TABLE a ALTER v SET STORAGE EXTERNAL",
          "INSERT INTO a SELECT g, repeat('y', 2500) FROM generate_series(1, 12) g",
          "DELETE FROM a WHERE id % 2 = 0",
          "VACUUM FULL a",
          "BEGIN; DELETE FROM a WHERE id < 5; CLUSTER a USING a_pkey; ROLLBACK",
          "CHECKPOINT",
          "BEGIN; DELETE FROM a WHERE id < 5; CLUSTER a USING a_pkey; COMMIT",
          "INSERT INTO a VALUES (2, repeat('z', 2500))",
          "VACUUM (FREEZE) a",
          "VACUUM (FULL, ANALYZE)");

  private static final List<String> DATABASES =
      List.of(
          "CREATE DATABASE one",
          "CREATE TABLE a (id int PRIMARY KEY)",
          "CHECKPOINT",
          "DROP DATABASE one",
          "CREATE DATABASE two",
          "DROP DATABASE two");

  private static SqlCluster fresh;

  @BeforeAll
  static void bootstrap() {
    fresh = new SqlCluster(StorageFixture.config(256), SEED);
    fresh.shutDown();
  }

  /// What a client can see of what the statements made.
  private static String state(SqlCluster cluster) {
    SqlSession session = cluster.open();
    StringBuilder state = new StringBuilder();
    state.append(session.query("SELECT datname FROM pg_database ORDER BY 1").rows());
    for (List<String> row :
        session
            .query("SELECT relname FROM pg_class WHERE relkind = 'r' AND oid >= 16384 ORDER BY 1")
            .rows()) {
      state.append(' ').append(row.getFirst());
      state.append(session.query("SELECT count(*) FROM " + row.getFirst()).rows());
    }
    return state.toString();
  }

  /// Runs the statements one after the other until the power fails, or to the end.
  ///
  /// @return how many were acknowledged
  private static int run(SqlCluster cluster, List<String> statements, long crashAt) {
    int done = 0;
    try {
      cluster.start(crashAt);
      SqlSession session = cluster.open();
      for (String statement : statements) {
        if (statement.equals("CHECKPOINT")) {
          cluster.checkpoint();
        } else {
          session.query(statement);
        }
        done++;
      }
    } catch (SimDisk.PowerFailure e) {
      // This is what the run was to come to.
    }
    return done;
  }

  /// The states between the statements, in order.
  private static List<String> states(List<String> statements) {
    List<String> states = new ArrayList<>();
    SqlCluster cluster = fresh.copy(SEED);
    cluster.start(0);
    states.add(state(cluster));
    for (String statement : statements) {
      if (!statement.equals("CHECKPOINT")) {
        cluster.open().query(statement);
      }
      states.add(state(cluster));
    }
    assertEquals(List.of(), cluster.findings());
    cluster.shutDown();
    return states;
  }

  private static void crashEverywhere(List<String> statements, long stride) {
    List<String> states = states(statements);
    SqlCluster counted = fresh.copy(SEED);
    assertEquals(statements.size(), run(counted, statements, 0));
    long operations = counted.operations();
    assertTrue(operations > 200, "too few operations to prove anything: " + operations);
    for (long at = 1; at <= operations; at += stride) {
      try {
        crashAndCheck(statements, states, at);
      } catch (AssertionError | RuntimeException e) {
        fail("seed %d, power failure at operation %d".formatted(SEED, at), e);
      }
    }
  }

  private static void crashAndCheck(List<String> statements, List<String> states, long at) {
    SqlCluster cluster = fresh.copy(SEED);
    int done = run(cluster, statements, at);
    cluster.losePower();
    if (at % 2 == 0) {
      try {
        cluster.start(1 + at % 29);
      } catch (SimDisk.PowerFailure e) {
        // Recovery has died as well; the next one begins on what that left.
      }
      cluster.losePower();
    }
    cluster.start(0);
    assertEquals(List.of(), cluster.findings());
    String state = state(cluster);
    cluster.losePower();
    boolean before = state.equals(states.get(done));
    boolean after = done < statements.size() && state.equals(states.get(done + 1));
    assertTrue(before || after, () -> "after " + done + " statements: " + state);
  }

  @Test
  void tables() {
    crashEverywhere(TABLES, Long.getLong("lifeline.sim.stride", 2));
  }

  @Test
  void rewrites() {
    crashEverywhere(REWRITES, Long.getLong("lifeline.sim.stride", 7));
  }

  @Test
  void databases() {
    crashEverywhere(DATABASES, Long.getLong("lifeline.sim.stride", 23));
  }

  /// The test is able to fail.
  @Test
  void withoutTheRemovalOfOrphansOneIsFound() {
    for (long at = 10; at < 400; at += 20) {
      SqlCluster cluster = fresh.copy(SEED);
      run(cluster, DATABASES, at);
      cluster.losePower();
      cluster.keepOrphans();
      cluster.start(0);
      List<String> findings = cluster.findings();
      cluster.losePower();
      if (findings.stream().anyMatch(f -> f.matches("base/\\d+: no database has it"))) {
        return;
      }
    }
    fail("nothing was found");
  }
}
