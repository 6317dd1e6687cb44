package dev.lifeline.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.catalog.Invalidations;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TraceContext;
import dev.lifeline.events.WalEvent;
import dev.lifeline.libpq.client.Dialer;
import dev.lifeline.main.SimulatedServer;
import dev.lifeline.postmaster.SimulatedPostmaster;
import dev.lifeline.postmaster.StartChecks;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// When the archiver runs its command, and what it says of one that fails: words and times are a
/// real PostgreSQL 15's.
class ArchiverTest {
  private static final long SECOND = 1_000_000_000L;

  private final Random random = new Random(1);
  private final SimScheduler scheduler = new SimScheduler(random);
  private final SimPlatter platter = SubscriptionRun.template().copy();
  private final Trace trace = new Trace(scheduler, null);

  /// What the archiver and the postmaster said since the start.
  private final List<String> log = new ArrayList<>();

  /// Which file each command was for, and when it was run.
  private final List<String> commands = new ArrayList<>();

  private final List<Long> times = new ArrayList<>();

  /// What the event log was told of the archive.
  private final List<String> events = new ArrayList<>();

  private int exitCode;

  @SuppressWarnings("NullAway.Init")
  private SimulatedPostmaster postmaster;

  private void start(String command) {
    start(command, 0);
  }

  private void start(String command, int timeoutSeconds) {
    SimulatedServer server =
        new SimulatedServer(
            scheduler,
            scheduler,
            new SimWakeup(scheduler, random),
            SimServer.engine(random, true, true),
            room -> room,
            Invalidations.AT_ONCE);
    ServerConfig config =
        ServerConfig.load(
                List.of(),
                List.of(
                    new ServerConfig.Option("archive_mode", "on"),
                    new ServerConfig.Option("archive_command", command),
                    new ServerConfig.Option("archive_timeout", timeoutSeconds + "s"),
                    new ServerConfig.Option("autovacuum", "off")))
            .config();
    FaultyDisk disk = new FaultyDisk(platter, scheduler, random, Faults.NONE, trace);
    postmaster =
        new SimulatedPostmaster(
            server.environment(
                1000,
                this::emitted,
                (process, message, statement) -> {
                  if (List.of("archiver", "postmaster").contains(process.backendType())) {
                    log.add(message.severity() + ": " + message.message());
                    if (message.detail() != null) {
                      log.add("DETAIL: " + message.detail());
                    }
                  }
                },
                config,
                disk::open,
                this::run,
                Dialer.NONE,
                random),
            random,
            List.of(),
            0);
    postmaster.start();
    until(postmaster::accepts);
    log.clear();
  }

  private long emitted(
      Subject subject, LifecycleEvent event, long cause, @Nullable TraceContext trace) {
    switch (event) {
      case WalEvent.SegmentArchived archived ->
          events.add("%s archived %s".formatted(subject.processType(), archived.walFile()));
      case WalEvent.ArchiveFailed failed ->
          events.add(
              "%s failed %s %s: %s"
                  .formatted(
                      subject.processType(), failed.walFile(), failed.exitCode(), failed.reason()));
      default -> {}
    }
    return 0;
  }

  private Future<Integer> run(String command) {
    commands.add(command.substring(command.lastIndexOf('/') + 1));
    times.add(scheduler.nanoTime());
    return Future.succeededFuture(exitCode);
  }

  private void until(BooleanSupplier condition) {
    long limit = scheduler.nanoTime() + 300 * SECOND;
    scheduler.runUntil(() -> condition.getAsBoolean() || scheduler.nanoTime() > limit);
    assertTrue(condition.getAsBoolean(), () -> log + " " + commands);
  }

  private void pass(long seconds) {
    long end = scheduler.nanoTime() + seconds * SECOND;
    scheduler.schedule(seconds * SECOND, () -> {});
    scheduler.runUntil(() -> scheduler.nanoTime() >= end);
  }

  private String ask(String sql) {
    SimClient client =
        new SimClient("c", scheduler, random, postmaster::connected, text -> text, trace);
    Future<Answer> answer =
        client.connect().compose(done -> client.query(sql)).onComplete(done -> client.close());
    until(answer::isComplete);
    return String.valueOf(answer.result().value());
  }

  /// Finishes a segment; returns its name.
  private String finishSegment() {
    ask("select pg_logical_emit_message(false, 'a', 'b')");
    return ask("select pg_walfile_name(pg_switch_wal())");
  }

  /// Seconds between two commands.
  private long between(int first, int second) {
    return Math.round((times.get(second) - times.get(first)) / 1e9);
  }

  @Test
  void aCommandThatFailsIsTriedAgain() {
    exitCode = 3;
    start("copy %p");
    String segment = finishSegment();
    until(() -> log.size() >= 7);
    String failed = "LOG: archive command failed with exit code 3";
    String detail = "DETAIL: The failed archive command was: copy pg_wal/" + segment;
    assertEquals(
        List.of(
            failed,
            detail,
            failed,
            detail,
            failed,
            detail,
            "WARNING: archiving write-ahead log file \""
                + segment
                + "\" failed too many times, will try again later"),
        log);
    assertEquals(1, between(0, 1));
    assertEquals(1, between(1, 2));

    until(() -> commands.size() > 3);
    assertTrue(Math.abs(between(2, 3) - 60) <= 1, times.toString());
    pass(5);
    int tries = commands.size();
    assertEquals(6, tries);

    String second = finishSegment();
    pass(5);
    assertEquals(9, commands.size(), "the next segment wakes it up");

    exitCode = 0;
    postmaster.reload();
    pass(2);
    assertEquals(List.of(segment, second), commands.subList(9, commands.size()));
    pass(200);
    assertEquals(11, commands.size(), "no segment is archived twice");
    assertTrue(platter.list("pg_wal/archive_status").contains(second + ".done"));
    String failure = "archiver failed " + segment + " 3: archive command failed with exit code 3";
    assertEquals(Collections.nCopies(9, failure), events.subList(0, 9));
    assertEquals(
        List.of("archiver archived " + segment, "archiver archived " + second),
        events.subList(9, events.size()));
  }

  @Test
  void aCommandThatIsNoneEndsTheArchiverAlone() {
    exitCode = 127;
    start("none %p");
    pass(20);
    String segment = finishSegment();
    until(() -> commands.size() == 3);
    String failed = "FATAL: archive command failed with exit code 127";
    String detail = "DETAIL: The failed archive command was: none pg_wal/" + segment;
    assertEquals(List.of(failed, detail, failed, detail), log.subList(0, 4));
    assertTrue(between(0, 1) <= 2, "the first one had run for long");
    assertTrue(between(1, 2) >= 9, "the next one had not");

    exitCode = 137;
    until(() -> commands.size() == 4);
    pass(1);
    assertEquals("FATAL: archive command was terminated by signal 9: Killed", log.get(6));
    exitCode = 0;
    until(() -> platter.list("pg_wal/archive_status").contains(segment + ".done"));
    assertEquals(5, commands.size());
    assertTrue(log.stream().noneMatch(line -> line.contains("terminating")), log.toString());
  }

  @Test
  void historiesComeFirstAndOrphansGo() {
    platter.createDirectory("pg_wal/archive_status");
    platter.create("pg_wal/00000002.history");
    platter.create("pg_wal/archive_status/00000002.history.ready");
    platter.create("pg_wal/archive_status/0000000100000000000000AA.ready");
    exitCode = 1;
    start("copy %p");
    String segment = finishSegment();
    until(() -> commands.contains("00000002.history"));
    exitCode = 0;
    until(() -> commands.contains(segment));
    pass(2);
    assertEquals("00000002.history", commands.getFirst());
    assertEquals(segment, commands.getLast());
    assertTrue(
        log.contains(
            "WARNING: removed orphan archive status file"
                + " \"pg_wal/archive_status/0000000100000000000000AA.ready\""),
        log.toString());
  }

  /// `archive_timeout`: what was written is archived, though it fills no segment, and nothing else.
  @Test
  void whatIsWrittenIsArchivedInTime() {
    start("copy %p", 30);
    pass(70);
    int before = commands.size();
    pass(100);
    assertEquals(before, commands.size(), "nothing was written");

    String segment = ask("select pg_walfile_name(pg_logical_emit_message(false, 'a', 'b'))");
    pass(35);
    assertEquals(before + 1, commands.size());
    assertEquals(segment, commands.getLast());
  }

  @Test
  void anArchiveLibraryIsRefusedByItsName() {
    StartChecks.check(config(""));
    PgException refused =
        assertThrows(PgException.class, () -> StartChecks.check(config("basic_archive")));
    assertEquals("0A000", refused.sqlState().code());
    assertEquals(
        "archive modules (archive_library) is not supported by Lifeline", refused.message());
    assertEquals("Use archive_command.", refused.hint());
  }

  private static ServerConfig config(String library) {
    return ServerConfig.load(
            List.of(),
            List.of(
                new ServerConfig.Option("archive_mode", "on"),
                new ServerConfig.Option("archive_library", library)))
        .config();
  }

  @Test
  void whereThereIsNoCommandSegmentsStay() {
    start("");
    finishSegment();
    pass(130);
    String warning = "WARNING: archive_mode enabled, yet archiving is not configured";
    assertEquals(List.of(warning, warning, warning), log);
  }

  /// It tries for the last time, and does not hold the stop up any longer.
  @Test
  void aStopArchivesWhatIsLeft() {
    exitCode = 5;
    start("copy %p");
    String segment = finishSegment();
    until(() -> commands.size() == 3);
    postmaster.shutdown(ShutdownMode.FAST);
    long told = scheduler.nanoTime();
    until(() -> postmaster.exited().isComplete());
    assertTrue(scheduler.nanoTime() - told < 4 * SECOND);
    assertEquals(6, commands.size());

    exitCode = 0;
    start("copy %p");
    postmaster.shutdown(ShutdownMode.FAST);
    until(() -> postmaster.exited().isComplete());
    assertEquals(segment, commands.getLast());
    assertTrue(platter.list("pg_wal/archive_status").contains(segment + ".done"));
  }
}
