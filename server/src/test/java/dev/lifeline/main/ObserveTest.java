package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.StatsEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.journal.JournalVerifier;
import dev.lifeline.observe.Observation;
import dev.lifeline.observe.log.LogFormat;
import dev.lifeline.observe.log.LogReading;
import dev.lifeline.observe.log.LogTime;
import dev.lifeline.observe.message.Redaction;
import dev.lifeline.observe.message.Story;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// `lifeline observe` against real servers, judged by the servers' own log files.
///
/// By default the oldest version (csvlog) and the newest are told, and observers of the first with
/// jsonlog are killed, which takes less than a minute. `-Dlifeline.observe.versions=all` tells 13
/// to 18, and `=14,16` those.
class ObserveTest {
  private static final String VERSIONS = System.getProperty("lifeline.observe.versions", "13,18");
  private static final int KILLS = Integer.getInteger("lifeline.observe.kills", 2);
  private static final long WAIT_S = 60;
  private static final String SETTINGS =
      """
      log_connections=on
      log_disconnections=on
      log_checkpoints=on
      log_lock_waits=on
      deadlock_timeout=100ms
      log_temp_files=0
      log_filename='pg-%Y-%m-%d_%H%M%S'
      """;

  @TempDir Path folder;

  static List<Integer> versions() {
    return VERSIONS.equals("all")
        ? List.of(13, 14, 15, 16, 17, 18)
        : Arrays.stream(VERSIONS.split(",")).map(Integer::valueOf).toList();
  }

  private static PostgresBinaries server(int major, Path folder) throws Exception {
    Assumptions.assumeTrue(PostgresBinaries.isThere(), "Maven has servers for Linux on amd64 only");
    return new PostgresBinaries(major, folder, SETTINGS);
  }

  /// Every record of the server's files, up to the place that the journal tells, is one event of
  /// its own, in the order of the files; and whoever reads the files again tells the same.
  private static void compare(PostgresBinaries server, Path directory) throws Exception {
    List<Envelope> events = ObserverProcess.events(directory);
    long sequence = 0;
    for (Envelope event : events) {
      assertEquals(++sequence, event.sequence());
    }
    List<LogReading.Item> records = records(server, origin(events.getLast()));
    List<String> again = told(readAgain(records).stream()).toList();
    assertEquals(again, told(readAgain(records).stream()).toList());
    assertEquals(
        again.stream().filter(ObserveTest::isOwn).toList(),
        told(events.stream()).filter(ObserveTest::isOwn).toList());
    assertEquals(
        records.stream().map(LogReading.Item::id).toList(),
        again.stream()
            .filter(ObserveTest::isOwn)
            .map(line -> line.substring(0, line.indexOf(' ')))
            .toList());
    assertTrue(
        JournalVerifier.verify(Objects.requireNonNull(ObserverProcess.journal(directory)))
            .intact());
  }

  private static Origin origin(Envelope event) {
    return Objects.requireNonNull(event.origin(), "an observed server's event");
  }

  /// The identities and types of what was read in the log.
  private static Stream<String> told(Stream<Envelope> events) {
    return events
        .filter(event -> origin(event).id() != null)
        .map(event -> origin(event).id() + " " + EventType.of(event.event()).shortName());
  }

  /// Whether it is a record's own event, not one that follows from it.
  private static boolean isOwn(String line) {
    return !line.matches("\\S*-\\d+\\.\\d+ .*");
  }

  /// What lies in the log files before the place.
  private static List<LogReading.Item> records(PostgresBinaries server, Origin place)
      throws Exception {
    List<LogReading.Item> records = new ArrayList<>();
    for (Path file : server.logs()) {
      String name = file.getFileName().toString();
      if (name.compareTo(place.logFile()) > 0) {
        continue; // begun after the observer's end
      }
      LogFormat format = Objects.requireNonNull(LogFormat.ofFile(name));
      LogReading reading = new LogReading(format.parser(new LogTime(ZoneOffset.UTC)), name, 0);
      reading.chunk(Files.readAllBytes(file));
      for (LogReading.Item item = reading.next(); item != null; item = reading.next()) {
        if (!name.equals(place.logFile()) || item.to() <= place.logOffset()) {
          records.add(item);
        }
      }
    }
    return records;
  }

  private static List<Envelope> readAgain(List<LogReading.Item> records) {
    List<Envelope> events = new ArrayList<>();
    Observation observation =
        new Observation(
            "db",
            null,
            new Story(),
            new Redaction(true),
            (subject, event, cause, trace, time, origin) -> {
              long sequence = events.size() + 1L;
              events.add(
                  new Envelope(1, sequence, time, subject, cause, trace, event, 0, null, origin));
              return sequence;
            });
    records.forEach(observation::read);
    return events;
  }

  private static void fails(Connection session, String sql) {
    assertThrows(SQLException.class, () -> PostgresBinaries.execute(session, sql));
  }

  /// A day in short: refused, failing and deadlocked clients, a checkpoint, a rotation, a crash, a
  /// reload, and stops of each kind.
  @ParameterizedTest
  @MethodSource("versions")
  void everyVersionIsToldWhole(int major) throws Exception {
    Path directory = folder.resolve("observed");
    try (PostgresBinaries server = server(major, folder)) {
      server.start();
      try (ObserverProcess observer = new ObserverProcess(directory, server.url())) {
        long attached = ObserverProcess.await(directory, 0, ObserverEvent.Attached.class);
        assertThrows(SQLException.class, () -> server.connect("wrong", "postgres"));
        assertThrows(
            SQLException.class, () -> server.connect(PostgresBinaries.PASSWORD, "nowhere"));
        deadlock(server);
        crash(server);
        attached = ObserverProcess.await(directory, attached, ObserverEvent.Attached.class);
        ObserverProcess.await(directory, attached, ProcessEvent.Crashed.class);
        server.configure("work_mem='8MB'");
        server.reload();
        ObserverProcess.await(
            directory,
            attached,
            event ->
                event instanceof PostmasterEvent.ConfigReloaded e && !e.parameters().isEmpty());
        server.stop("fast");
        server.start();
        attached = ObserverProcess.await(directory, attached, ObserverEvent.Attached.class);
        server.stop("immediate");
        server.start();
        attached = ObserverProcess.await(directory, attached, ObserverEvent.Attached.class);
        server.killPostmaster();
        server.start();
        attached = ObserverProcess.await(directory, attached, ObserverEvent.Attached.class);
        mark(server);
        ObserverProcess.await(directory, attached, ObserveTest::isMark);
        ObserverProcess.await(directory, attached, StatsEvent.Reported.class);
        assertTrue(observer.process.isAlive());
      }
      compare(server, directory);
    }
    judge(ObserverProcess.events(directory).stream().map(Envelope::event).toList());
  }

  private static void deadlock(PostgresBinaries server) throws Exception {
    try (Connection one = server.connect();
        Connection other = server.connect()) {
      PostgresBinaries.execute(one, "SELECT pg_advisory_lock(1)");
      PostgresBinaries.execute(other, "SELECT pg_advisory_lock(2)");
      CompletableFuture<Boolean> first = wants(one, 2);
      CompletableFuture<Boolean> second = wants(other, 1);
      assertTrue(first.get(WAIT_S, TimeUnit.SECONDS) || second.get(WAIT_S, TimeUnit.SECONDS));
    }
  }

  /// Whether the session gets this lock. The one that does not lets go of the other's.
  private static CompletableFuture<Boolean> wants(Connection session, int lock) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            PostgresBinaries.execute(session, "SELECT pg_advisory_lock(" + lock + ")");
            return true;
          } catch (SQLException e) {
            try {
              PostgresBinaries.execute(session, "SELECT pg_advisory_unlock_all()");
            } catch (SQLException ended) {
              throw new IllegalStateException(ended);
            }
            return false;
          }
        },
        task -> Thread.ofVirtual().start(task));
  }

  private static void crash(PostgresBinaries server) throws Exception {
    try (Connection session = server.connect();
        Connection victim = server.connect()) {
      fails(session, "SELECT 1/0");
      PostgresBinaries.execute(session, "CHECKPOINT");
      Thread.sleep(1100); // a log file's name has seconds
      PostgresBinaries.execute(session, "SELECT pg_rotate_logfile()");
      PostgresBinaries.kill(PostgresBinaries.backendPid(victim));
    }
  }

  private static void judge(List<LifecycleEvent> events) {
    assertEquals(4, of(events, PostmasterEvent.Started.class).size());
    assertEquals(
        List.of(PostmasterEvent.ShutdownMode.FAST, PostmasterEvent.ShutdownMode.IMMEDIATE),
        of(events, PostmasterEvent.ShutdownRequested.class).stream()
            .map(PostmasterEvent.ShutdownRequested::mode)
            .toList());
    assertEquals(1, of(events, ProcessEvent.Crashed.class).size());
    assertEquals(1, of(events, LockEvent.DeadlockDetected.class).size());
    // Nothing was to be redone after two clean stops, nor after the immediate one and the death of
    // the postmaster, because nobody had written.
    assertEquals(1, of(events, RecoveryEvent.Started.class).size());
    assertEquals(4, of(events, RecoveryEvent.NotRequired.class).size());
    assertTrue(
        of(events, CheckpointEvent.Completed.class).stream()
            .anyMatch(event -> event.reason() == CheckpointEvent.Reason.REQUESTED));
    assertEquals(
        List.of("28P01", "3D000"),
        of(events, ConnectionEvent.Rejected.class).stream()
            .map(ConnectionEvent.Rejected::sqlstate)
            .filter(code -> !code.equals("57P03")) // who came while it was starting
            .toList());
    assertEquals(
        List.of("40P01", "22012", "42P01"),
        of(events, StatementEvent.Failed.class).stream()
            .map(StatementEvent.Failed::sqlstate)
            .toList());
  }

  private static <E extends LifecycleEvent> List<E> of(List<LifecycleEvent> events, Class<E> type) {
    return events.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /// A failure that nothing else in the test has.
  private static void mark(PostgresBinaries server) throws Exception {
    try (Connection session = server.connect()) {
      fails(session, "SELECT * FROM the_end");
    }
  }

  private static boolean isMark(LifecycleEvent event) {
    return event instanceof StatementEvent.Failed failed && failed.sqlstate().equals("42P01");
  }

  /// Kills observers at random instants while clients come, fail and go, and compares with the log
  /// files. `-Dlifeline.observe.kills=100` makes it a longer run.
  @Test
  void killedObserversLoseAndDoubleNothing() throws Exception {
    SplittableRandom random = new SplittableRandom(7);
    Path directory = folder.resolve("observed");
    try (PostgresBinaries server = server(15, folder)) {
      server.start();
      AtomicBoolean enough = new AtomicBoolean();
      CompletableFuture<Void> load =
          CompletableFuture.runAsync(
              () -> load(server, enough), task -> Thread.ofVirtual().start(task));
      for (int i = 0; i < KILLS; i++) {
        long before = ObserverProcess.last(directory);
        ObserverProcess observer = new ObserverProcess(directory, server.url());
        ObserverProcess.await(directory, before, event -> true);
        Thread.sleep(random.nextInt(1500));
        observer.process.destroyForcibly().waitFor();
      }
      enough.set(true);
      load.join();
      mark(server);
      try (ObserverProcess last = new ObserverProcess(directory, server.url())) {
        ObserverProcess.await(directory, 0, ObserveTest::isMark);
        theSecondIsRefused(directory, server.url(), last.process.pid());
        assertTrue(last.process.isAlive());
      }
      assertFalse(Files.exists(directory.resolve("observer.pid")));
      compare(server, directory);
      assertTrue(ObserverProcess.events(directory).size() > 100 * KILLS);
    }
  }

  /// On one directory; and it takes nothing away from the first.
  private static void theSecondIsRefused(Path directory, String url, long first) throws Exception {
    Path unpacked = Files.createDirectories(directory.resolve("pg_dashboard").resolve("of-first"));
    Process second =
        new ProcessBuilder(LifelineProcess.command("observe", "-D", directory.toString(), url))
            .redirectErrorStream(true)
            .start();
    String said = new String(second.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(1, second.waitFor(), said);
    assertEquals(
        """
        lifeline: FATAL:  lock file "observer.pid" already exists
        HINT:  Is another observer (PID %d) running in directory "%s"?
        """
            .formatted(first, directory),
        said);
    assertTrue(Files.exists(unpacked));
  }

  private static void load(PostgresBinaries server, AtomicBoolean enough) {
    while (!enough.get()) {
      try (Connection session = server.connect()) {
        for (int i = 0; i < 50; i++) {
          fails(session, "SELECT 1/0");
        }
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
