package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Autovacuum of a real server: it finds the tables that need it, and makes way for those who want
/// a lock; and the event log tells why.
class AutovacuumTest {
  @TempDir private static Path dir;
  private static LifelineProcess server;

  @BeforeAll
  static void start() throws Exception {
    server =
        LifelineProcess.start(
            dir.resolve("data"),
            "-c",
            "autovacuum_naptime=1s",
            "-c",
            "log_autovacuum_min_duration=0",
            "-c",
            "deadlock_timeout=100ms");
  }

  @AfterAll
  static void stop() throws Exception {
    assertEquals(0, server.stop("INT"), server.log());
    server.verifyEvents();
  }

  private static boolean ask(Statement statement, String question) throws Exception {
    try (ResultSet row = statement.executeQuery(question)) {
      return row.next() && row.getBoolean(1);
    }
  }

  private static void await(Statement statement, String question) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!ask(statement, question)) {
      assertTrue(System.nanoTime() < until, () -> "never became true: " + question);
      Thread.sleep(50);
    }
  }

  private static Map<Long, Envelope> events() throws Exception {
    Map<Long, Envelope> all = new LinkedHashMap<>();
    LineReader reader = new LineReader();
    for (JournalLine line :
        JournalReader.of(server.directory().resolve("pg_events")).read(1, 1_000_000)) {
      Envelope event = line.envelope(reader);
      all.put(event.sequence(), event);
    }
    return all;
  }

  /// What is on the log as soon as such an event is.
  private static Map<Long, Envelope> eventsWith(Predicate<LifecycleEvent> wanted) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      Map<Long, Envelope> events = events();
      if (events.values().stream().anyMatch(e -> wanted.test(e.event()))) {
        return events;
      }
      assertTrue(System.nanoTime() < until, "the log does not tell of it");
      Thread.sleep(50);
    }
  }

  private static Envelope find(Map<Long, Envelope> events, Predicate<LifecycleEvent> wanted) {
    return events.values().stream().filter(e -> wanted.test(e.event())).findFirst().orElseThrow();
  }

  /// The event's causes are of these types, innermost first.
  private static Envelope causes(Map<Long, Envelope> events, Envelope event, Class<?>... expected) {
    Envelope at = event;
    for (Class<?> type : expected) {
      at = events.get(at.cause());
      assertNotNull(at, event + " should follow from " + type);
      assertInstanceOf(type, at.event());
    }
    return at;
  }

  @Test
  void aTableWithDeadRowsIsVacuumedAndAnalyzed() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE dirty (id int PRIMARY KEY, n int)");
      statement.execute("CREATE TABLE off (id int) WITH (autovacuum_enabled = off)");
      statement.execute("INSERT INTO dirty SELECT i, i FROM generate_series(1, 500) i");
      statement.execute("INSERT INTO off SELECT i FROM generate_series(1, 5000) i");
      statement.execute("UPDATE dirty SET n = n + 1");
      statement.execute("DELETE FROM off");
      await(
          statement,
          "SELECT autovacuum_count > 0 AND autoanalyze_count > 0 AND n_dead_tup = 0"
              + " AND n_live_tup = 500 AND last_autovacuum > now() - interval '1 minute'"
              + " FROM pg_stat_user_tables WHERE relname = 'dirty'");
      assertTrue(ask(statement, "SELECT reltuples = 500 FROM pg_class WHERE relname = 'dirty'"));
      assertTrue(
          ask(
              statement,
              "SELECT autovacuum_count = 0 AND n_dead_tup = 5000"
                  + " FROM pg_stat_user_tables WHERE relname = 'off'"),
          "autovacuum_enabled = off");
    }
    // The log is written a moment after what it tells of.
    Predicate<LifecycleEvent> analyzes =
        e -> e instanceof VacuumEvent.AnalyzeCompleted a && a.relname().equals("dirty");
    Map<Long, Envelope> events = eventsWith(analyzes);
    Envelope completed =
        find(
            events,
            e ->
                e instanceof VacuumEvent.Completed done
                    && done.relname().equals("dirty")
                    && done.autovacuum());
    causes(
        events,
        completed,
        VacuumEvent.Started.class,
        ProcessEvent.Forked.class,
        VacuumEvent.WorkerLaunched.class,
        ProcessEvent.Forked.class);
    assertEquals("autovacuum worker", completed.subject().processType());
    Envelope analyzed = find(events, analyzes);
    causes(events, analyzed, ProcessEvent.Forked.class, VacuumEvent.WorkerLaunched.class);
    String log = server.log();
    assertTrue(
        log.contains("automatic vacuum of table \"postgres.public.dirty\": index scans:"), log);
    assertTrue(log.contains("automatic analyze of table \"postgres.public.dirty\""), log);
    assertFalse(log.contains("STATEMENT:"), log); // those of a worker are nobody's
  }

  /// What the charts draw: the counters of all databases, each interval's since the one before.
  @Test
  void theReportsOnTheLogCarryWhatWasCounted() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE reported (id int)");
      statement.execute("INSERT INTO reported SELECT i FROM generate_series(1, 12345) i");
      statement.execute("SELECT count(*) FROM reported");
    }
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (true) {
      long inserted = 0;
      long returned = 0;
      long committed = 0;
      long hit = 0;
      for (Envelope event : events().values()) {
        if (event.event() instanceof StatsEvent.Reported report) {
          inserted += report.tupInserted();
          returned += report.tupReturned();
          committed += report.xactCommit();
          hit += report.blksHit();
          assertTrue(report.tupInserted() >= 0 && report.blksHit() >= 0, report.toString());
        }
      }
      if (inserted >= 12_345 && returned >= 12_345 && committed >= 3 && hit > 0) {
        return;
      }
      assertTrue(System.nanoTime() < until, inserted + " " + returned + " " + committed);
      Thread.sleep(100);
    }
  }

  @Test
  void itMakesWayForALockRequest() throws Exception {
    try (Connection connection = server.connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE slow (id int, filler char(500)) WITH (autovacuum_vacuum_threshold = 0,"
              + " autovacuum_vacuum_cost_delay = 100, autovacuum_vacuum_cost_limit = 1)");
      statement.execute("INSERT INTO slow SELECT i, 'x' FROM generate_series(1, 4000) i");
      statement.execute("DELETE FROM slow WHERE id % 2 = 0");
      await(
          statement,
          "SELECT count(*) > 0 FROM pg_locks"
              + " WHERE relation = 'slow'::regclass AND mode = 'ShareUpdateExclusiveLock'");
      await(
          statement,
          "SELECT p.phase = 'scanning heap' AND p.heap_blks_total > 200"
              + " AND p.heap_blks_scanned BETWEEN 1 AND p.heap_blks_total"
              + " AND p.datname = 'postgres' AND a.query = 'autovacuum: VACUUM ANALYZE public.slow'"
              + " AND a.state = 'active' AND a.backend_type = 'autovacuum worker'"
              + " FROM pg_stat_progress_vacuum p JOIN pg_stat_activity a USING (pid)"
              + " WHERE p.relid = 'slow'::regclass");
      long began = System.nanoTime();
      statement.execute("DROP TABLE slow");
      long waitedMs = (System.nanoTime() - began) / 1_000_000;
      assertTrue(waitedMs < 10_000, "waited " + waitedMs + " ms for autovacuum");
    }
    Predicate<LifecycleEvent> wanted =
        e -> e instanceof VacuumEvent.Cancelled c && c.relname().equals("slow");
    Map<Long, Envelope> events = events();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < until
        && events.values().stream().noneMatch(e -> wanted.test(e.event()))) {
      Thread.sleep(20); // the log gathers for a while before it is written
      events = events();
    }
    Envelope cancelled = find(events, wanted);
    assertEquals("canceling autovacuum task", ((VacuumEvent.Cancelled) cancelled.event()).reason());
    causes(events, cancelled, LockEvent.Waiting.class);
    String log = server.log();
    assertTrue(log.contains("ERROR:  canceling autovacuum task"), log);
    assertTrue(log.contains("CONTEXT:  automatic vacuum of table \"postgres.public.slow\""), log);
  }
}
