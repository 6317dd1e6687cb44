package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What one session sees of how far another one's ANALYZE, CREATE INDEX and VACUUM are.
class ProgressTest {
  /// Room for everything: what the watcher reads stays in memory, whatever the worker reads.
  private static final int BUFFERS = 2_000;

  /// A disk so slow that a phase that reads takes longer than any answer is on its way.
  private static final Faults SLOW = new Faults(0, 0, 0, 0, 0, 0, 0, 0, 0, false, 5_000_000);

  private final Random random = new Random(20260107);
  private final SimScheduler scheduler = new SimScheduler(random);
  private final SimServer server =
      new SimServer(
          SimServer.initialize(),
          random,
          scheduler,
          SimServer.engine(random, BUFFERS, true, false),
          ServerConfig.load(List.of(), List.of(new ServerConfig.Option("autovacuum", "off")))
              .config(),
          Sabotage.NONE,
          new Trace(scheduler, null));
  private SimClient worker;
  private SimClient watcher;

  ProgressTest() {
    begin();
    run("create table t (a int, b text)");
    run("insert into t select g, repeat('x', 100) from generate_series(1, 20000) g");
  }

  private void begin() {
    server.start(SLOW);
    scheduler.await(server.postmaster().ready());
    worker = server.client("worker");
    watcher = server.client("watcher");
    scheduler.await(worker.connect());
    scheduler.await(watcher.connect());
  }

  /// The table is on the disk only: whoever reads it waits for each of its pages.
  private void forget() {
    run("checkpoint");
    server.end(true, false);
    begin();
    String names = "select c.oid::regclass, d.datname from pg_class c, pg_database d";
    assertFalse(scheduler.await(watcher.query(names)).failed(), "the catalogs are read");
  }

  @AfterEach
  void end() {
    server.end(true, false);
    server.delete();
  }

  private void run(String sql) {
    Answer answer = scheduler.await(worker.query(sql));
    assertFalse(answer.failed(), answer::toString);
  }

  /// What the watcher sees while the worker does it, without repetitions.
  private Set<String> seen(String sql, String query) {
    Set<String> rows = new TreeSet<>();
    forget();
    assertEquals(List.of(), scheduler.await(watcher.query(query)).rows(), "it has not begun");
    Future<Answer> done = worker.query(sql);
    while (!done.isComplete()) {
      Answer answer = scheduler.await(watcher.query(query));
      assertFalse(answer.failed(), answer::toString);
      answer.rows().forEach(row -> rows.add(String.join(" | ", row)));
    }
    assertFalse(done.result().failed(), done.result()::toString);
    assertEquals(List.of(), scheduler.await(watcher.query(query)).rows(), "it is over");
    return rows;
  }

  @Test
  void analyze() {
    Set<String> rows =
        seen(
            "analyze t",
            "select datname, relid::regclass, phase, sample_blks_total,"
                + " sample_blks_scanned between 0 and sample_blks_total"
                + " from pg_stat_progress_analyze where sample_blks_total > 200");
    assertTrue(
        rows.stream()
            .anyMatch(
                row -> row.matches("postgres \\| t \\| acquiring sample rows \\| \\d+ \\| t")),
        rows::toString);
  }

  @Test
  void createIndex() {
    String query =
        "select relid::regclass, command, phase, blocks_done between 0 and blocks_total,"
            + " tuples_done <= tuples_total from pg_stat_progress_create_index";
    Set<String> rows = seen("create index i on t (b, a)", query);
    assertTrue(
        rows.contains("t | CREATE INDEX | building index: scanning table | t | t"), rows::toString);
    rows = seen("reindex index i", query);
    assertTrue(
        rows.contains("t | REINDEX | building index: scanning table | t | t"), rows::toString);
  }

  @Test
  void vacuum() {
    run("create index i on t (a)");
    run("delete from t where a % 3 = 0");
    Set<String> rows =
        seen(
            "vacuum t",
            "select relid::regclass, phase, heap_blks_scanned between 0 and heap_blks_total,"
                + " heap_blks_vacuumed <= heap_blks_total, num_dead_tuples <= max_dead_tuples"
                + " from pg_stat_progress_vacuum where heap_blks_total > 200");
    for (String phase : List.of("scanning heap", "vacuuming indexes", "vacuuming heap")) {
      assertTrue(rows.contains("t | " + phase + " | t | t | t"), rows::toString);
    }
  }
}
