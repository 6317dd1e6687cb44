package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.guc.ServerConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What a table's own `autovacuum_freeze_*` and `toast.*` parameters make of autovacuum, on a
/// cluster that has seen a million transactions.
class AutovacuumOptionsTest {
  private static final long SECOND = 1_000_000_000;

  private final List<String> trace = new ArrayList<>();
  private final Random random = new Random(20260108);
  private final SimScheduler scheduler = new SimScheduler(random);
  private final SimServer server = server();
  private final SimClient client;

  AutovacuumOptionsTest() {
    server.start(Faults.NONE);
    scheduler.await(server.postmaster().ready());
    client = server.client("client");
    scheduler.await(client.connect());
  }

  private SimServer server() {
    List<ServerConfig.Option> options = new ArrayList<>();
    options.add(new ServerConfig.Option("autovacuum_naptime", "1s"));
    options.add(new ServerConfig.Option("log_autovacuum_min_duration", "0"));
    return new SimServer(
        SimServer.aged(SimServer.initialize()),
        random,
        scheduler,
        SimServer.engine(random, true, false),
        ServerConfig.load(List.of(), options).config(),
        Sabotage.NONE,
        new Trace(scheduler, trace::add));
  }

  @AfterEach
  void end() {
    server.end(true, false);
    server.delete();
  }

  private String run(String sql) {
    Answer answer = scheduler.await(client.query(sql));
    assertFalse(answer.failed(), answer::toString);
    return answer.rows().isEmpty() ? "" : String.valueOf(answer.value());
  }

  private void waitFor(BooleanSupplier condition, String otherwise) {
    long limit = scheduler.nanoTime() + 300 * SECOND;
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

  private long frozen(String table) {
    return Long.parseLong(
        run("select relfrozenxid::text from pg_class where relname = '" + table + "'"));
  }

  @Test
  void theTablesOwnAgeBringsAVacuum() {
    run("create table young (a int)");
    run("create table old (a int) with (autovacuum_freeze_max_age = 100000)");
    run("insert into young values (1)");
    run("insert into old values (1)");
    // A table is born with the oldest xid that runs; these are made to look old.
    run("update pg_class set relfrozenxid = '4' where relname in ('young', 'old')");
    waitFor(() -> frozen("old") != 4, "nobody vacuums it");
    String wraparound = "automatic vacuum to prevent wraparound of table \"postgres.public.";
    assertTrue(told(wraparound + "old\""), "nothing in the log");
    pause(5 * SECOND);
    assertFalse(told(wraparound + "young\""), "the other one is old, too");
    assertEquals(4, frozen("young"));
  }

  @Test
  void theTablesOwnMinimumAgeIsFrozen() {
    String often = " with (autovacuum_vacuum_threshold = 1, autovacuum_vacuum_scale_factor = 0";
    run("create table kept (a int)" + often + ")");
    run("create table frozen (a int)" + often + ", autovacuum_freeze_min_age = 0)");
    long inserted = 0;
    for (String table : List.of("frozen", "kept")) {
      run("begin");
      run("insert into " + table + " select generate_series(1, 10)");
      inserted = Long.parseLong(run("select txid_current()"));
      run("commit");
      run("delete from " + table + " where a > 5");
    }
    waitFor(() -> told("vacuum of table \"postgres.public.frozen\""), "nobody vacuums");
    waitFor(() -> told("vacuum of table \"postgres.public.kept\""), "nobody vacuums");
    pause(2 * SECOND);
    assertTrue(frozen("kept") <= inserted, "rows of " + inserted + " are frozen");
    assertTrue(frozen("frozen") > inserted, "rows are not frozen: " + frozen("frozen"));
  }

  @Test
  void longValuesHaveParametersOfTheirOwn() {
    run(
        "create table a (t text) with (autovacuum_vacuum_threshold = 1000000,"
            + " toast.autovacuum_vacuum_threshold = 1, toast.autovacuum_vacuum_scale_factor = 0)");
    run(
        "create table b (t text) with (autovacuum_vacuum_threshold = 1,"
            + " autovacuum_vacuum_scale_factor = 0, toast.autovacuum_enabled = off)");
    for (String table : List.of("a", "b")) {
      run("alter table " + table + " alter column t set storage external");
      run("insert into " + table + " select repeat('x', 9000) from generate_series(1, 6)");
      run("delete from " + table);
    }
    String toast = "select reltoastrelid from pg_class where relname = '%s'";
    String ofA = toast(run(toast.formatted("a")));
    String ofB = toast(run(toast.formatted("b")));
    waitFor(() -> told(ofA), "nobody vacuums the long values of a");
    waitFor(() -> told("vacuum of table \"postgres.public.b\""), "nobody vacuums b");
    pause(5 * SECOND);
    assertFalse(told("vacuum of table \"postgres.public.a\""), "a was vacuumed");
    assertFalse(told(ofB), "the long values of b were vacuumed");
  }

  private String toast(String oid) {
    return "vacuum of table \"postgres.pg_toast."
        + run("select relname from pg_class where oid = " + oid)
        + "\"";
  }
}
