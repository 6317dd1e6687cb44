package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Old xids bring a vacuum also where autovacuum is off, and nobody cancels it.
class AutovacuumWraparoundTest {
  private static final long SECOND = 1_000_000_000;
  private static final String OLDEST = "select max(age(datfrozenxid)) from pg_database";
  private static final String ACTIVITY =
      "select query from pg_stat_activity where backend_type = 'autovacuum worker'"
          + " and query like '%public.t%'";

  private final List<String> trace = new ArrayList<>();
  private final Random random = new Random(20260106);
  private final SimScheduler scheduler = new SimScheduler(random);
  private final SimServer server;
  private SimClient client;

  AutovacuumWraparoundTest() {
    server = server("autovacuum_freeze_max_age=100000", "autovacuum_vacuum_cost_delay=100ms");
    client = start();
  }

  /// On a cluster that has seen a million transactions.
  private SimServer server(String... settings) {
    List<ServerConfig.Option> options = new ArrayList<>();
    List<String> all = new ArrayList<>(List.of("autovacuum=off", "autovacuum_naptime=1s"));
    all.add("log_autovacuum_min_duration=0");
    all.add("autovacuum_vacuum_cost_limit=1");
    all.addAll(Arrays.asList(settings));
    for (String setting : all) {
      String[] parts = setting.split("=", 2);
      options.add(new ServerConfig.Option(parts[0], parts[1]));
    }
    return new SimServer(
        SimServer.aged(SimServer.initialize()),
        random,
        scheduler,
        SimServer.engine(random, true, false),
        ServerConfig.load(List.of(), options).config(),
        Sabotage.NONE,
        new Trace(scheduler, trace::add));
  }

  private SimClient start() {
    server.start(Faults.NONE);
    scheduler.await(server.postmaster().ready());
    return connect("client");
  }

  private SimClient connect(String name) {
    SimClient made = server.client(name);
    scheduler.await(made.connect());
    return made;
  }

  @AfterEach
  void end() {
    server.end(true, false);
    server.delete();
  }

  private Answer run(String sql) {
    Answer answer = scheduler.await(client.query(sql));
    assertFalse(answer.failed(), answer::toString);
    return answer;
  }

  private void waitFor(BooleanSupplier condition, String otherwise) {
    long limit = scheduler.nanoTime() + 600 * SECOND;
    while (!condition.getAsBoolean()) {
      assertTrue(scheduler.nanoTime() < limit, otherwise);
      pause(SECOND / 10);
    }
  }

  private void pause(long nanos) {
    boolean[] over = {false};
    scheduler.schedule(nanos, () -> over[0] = true);
    scheduler.runUntil(() -> over[0]);
  }

  private boolean told(String part) {
    return trace.stream().anyMatch(line -> line.contains(part));
  }

  @Test
  void oldXidsBringAVacuumThoughAutovacuumIsOff() {
    waitFor(() -> Long.parseLong(String.valueOf(run(OLDEST).value())) < 100_000, "nobody vacuums");
    assertTrue(
        told("automatic aggressive vacuum to prevent wraparound of table \"postgres.pg_catalog"),
        "nothing in the log");
    int launchers = launchers();
    assertTrue(launchers > 0);
    pause(20 * SECOND);
    assertEquals(launchers, launchers(), "a launcher came back though nothing is old");
    assertFalse(server.postmaster().processes().containsValue("autovacuum launcher"));
  }

  private int launchers() {
    return (int)
        trace.stream()
            .filter(l -> l.contains("autovacuum launcher") && l.contains("Forked"))
            .count();
  }

  @Test
  void whoWantsALockWaits() {
    run("create table t (a int)");
    run("insert into t select generate_series(1, 3000)");
    String frozen = "select relfrozenxid::text from pg_class where relname = 't'";
    // A table is born with the oldest xid that runs; this one is made to look old.
    run("update pg_class set relfrozenxid = '4' where relname = 't'");
    waitFor(() -> !run(ACTIVITY).rows().isEmpty(), "nobody vacuums t");
    assertEquals("autovacuum: VACUUM public.t (to prevent wraparound)", run(ACTIVITY).value());
    SimClient other = connect("other");
    Future<Answer> locked = other.query("begin; lock table t; commit");
    pause(3 * SECOND);
    assertFalse(locked.isComplete(), "the vacuum was cancelled, or it was too fast");
    assertFalse(scheduler.await(locked).failed());
    assertFalse(told("canceling autovacuum task"), "it was cancelled");
    waitFor(() -> !"4".equals(run(frozen).value()), "it has done nothing");
  }
}
