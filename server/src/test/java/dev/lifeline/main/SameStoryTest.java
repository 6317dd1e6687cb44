package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.ObserverEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.codec.EventType;
import dev.lifeline.events.diff.LogDiff;
import dev.lifeline.events.journal.Journal;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A story is played to a real PostgreSQL 15 that is observed, and to Lifeline; what `lifeline
/// events diff` then tells of their two logs is in `story-differences.txt`, each difference with
/// its reason. No other is allowed, and none that is listed may have gone.
class SameStoryTest {
  private static final long WAIT_S = 60;
  private static final List<String> SETTINGS =
      List.of(
          "log_connections=on",
          "log_disconnections=on",
          "log_checkpoints=on",
          "log_autovacuum_min_duration=0",
          "autovacuum_naptime=1",
          // Not the catalogs: those of the two are not the same.
          "autovacuum_vacuum_threshold=1000000",
          "autovacuum_vacuum_insert_threshold=-1",
          "autovacuum_analyze_threshold=1000000",
          "unix_socket_directories='/tmp'");

  @TempDir Path folder;

  /// What the story needs of a server.
  private interface Server {
    Connection connect(String database) throws SQLException;

    void crash(Connection victim, Connection other) throws Exception;

    void configure(String line) throws Exception;

    List<Envelope> events() throws Exception;

    /// Waits for an event of this type behind those that the log has had before; returns how many
    /// it has now.
    default int await(int before, Class<? extends LifecycleEvent> type) throws Exception {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(WAIT_S);
      while (true) {
        List<Envelope> events = events();
        if (events.stream().skip(before).anyMatch(event -> type.isInstance(event.event()))) {
          return events.size();
        }
        assertTrue(System.nanoTime() < until, () -> "no " + type + " in " + events);
        Thread.sleep(100);
      }
    }
  }

  /// A session sees the crash of another.
  private static void awaitEnd(Connection session) {
    assertThrows(
        SQLException.class, () -> PostgresBinaries.execute(session, "SELECT pg_sleep(30)"));
  }

  private record Observed(PostgresBinaries postgres, Path journals) implements Server {
    @Override
    public Connection connect(String database) throws SQLException {
      return postgres.connect(PostgresBinaries.PASSWORD, database);
    }

    @Override
    public void crash(Connection victim, Connection other) throws Exception {
      PostgresBinaries.kill(PostgresBinaries.backendPid(victim));
      awaitEnd(other);
    }

    @Override
    public void configure(String line) throws Exception {
      postgres.configure(line);
      postgres.reload();
    }

    @Override
    public List<Envelope> events() throws Exception {
      return ObserverProcess.events(journals);
    }
  }

  private record Own(LifelineProcess lifeline) implements Server {
    @Override
    public Connection connect(String database) throws SQLException {
      return DriverManager.getConnection(
          lifeline.url(database) + "&password=" + PostgresBinaries.PASSWORD);
    }

    @Override
    public void crash(Connection victim, Connection other) throws Exception {
      int pid = PostgresBinaries.backendPid(victim);
      try {
        PostgresBinaries.execute(other, "SELECT lifeline_crash_backend(" + pid + ")");
      } catch (SQLException e) {
        return; // its own end was faster than the answer
      }
      awaitEnd(other);
    }

    @Override
    public void configure(String line) throws Exception {
      Files.writeString(
          lifeline.directory().resolve("postgresql.conf"), line + "\n", StandardOpenOption.APPEND);
      ReferenceServer.signal(lifeline.process().pid(), "HUP");
    }

    @Override
    public List<Envelope> events() throws Exception {
      return ObserverProcess.read(lifeline.directory().resolve(Journal.DIRECTORY));
    }
  }

  @Test
  void lifelineLivesAsPostgresqlLives() throws Exception {
    Assumptions.assumeTrue(PostgresBinaries.isThere(), "Maven has servers for Linux on amd64 only");
    List<Envelope> real = observed();
    List<Envelope> own = lifeline();
    String keep = System.getProperty("lifeline.story.keep");
    if (keep != null) {
      Files.write(Path.of(keep, "real.txt"), real.stream().map(Envelope::toString).toList());
      Files.write(Path.of(keep, "own.txt"), own.stream().map(Envelope::toString).toList());
    }
    assertEquals(
        String.join("\n", listed()),
        LogDiff.between(real, own).stream()
            .map(SameStoryTest::text)
            .collect(Collectors.joining("\n")));
  }

  private static String text(LogDiff.Difference one) {
    Envelope event = one.event();
    return (one.side() == LogDiff.Side.LEFT ? "-" : "+")
        + "  ".repeat(one.depth())
        + " "
        + EventType.of(event.event()).shortName()
        + " "
        + event.subject().processType();
  }

  private static List<String> listed() throws Exception {
    try (InputStream in = SameStoryTest.class.getResourceAsStream("story-differences.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .toList();
    }
  }

  private static void story(Server server) throws Exception {
    try (Connection session = server.connect("postgres")) {
      PostgresBinaries.execute(
          session,
          """
          BEGIN;
          CREATE TABLE t (id int PRIMARY KEY, note text)
            WITH (autovacuum_vacuum_threshold = 100, autovacuum_analyze_threshold = 100);
          INSERT INTO t SELECT i, 'note ' || i FROM generate_series(1, 2000) i;
          UPDATE t SET note = note || '!' WHERE id <= 1000;
          COMMIT
          """);
      assertThrows(
          SQLException.class,
          () -> PostgresBinaries.execute(session, "SELECT 1 / (id - 7) FROM t"));
      PostgresBinaries.execute(session, "CHECKPOINT");
    }
    assertThrows(SQLException.class, () -> server.connect("nowhere"));
    server.await(0, VacuumEvent.AnalyzeCompleted.class);
    server.configure("autovacuum=off");
    int before = server.await(0, PostmasterEvent.ConfigReloaded.class);
    try (Connection victim = server.connect("postgres");
        Connection other = server.connect("postgres")) {
      PostgresBinaries.execute(other, "DELETE FROM t WHERE id < 10");
      server.crash(victim, other);
    }
    before = server.await(before, RecoveryEvent.Completed.class);
    server.await(0, ProcessEvent.Crashed.class);
    awaitReady(server);
    server.configure("work_mem='8MB'");
    server.await(before, PostmasterEvent.ConfigReloaded.class);
  }

  /// Those who come too early are not counted, see [#withoutWaiting].
  private static void awaitReady(Server server) throws Exception {
    while (true) {
      try (Connection session = server.connect("postgres")) {
        PostgresBinaries.execute(session, "SELECT 1");
        return;
      } catch (SQLException e) {
        assertEquals("57P03", e.getSQLState());
        Thread.sleep(100);
      }
    }
  }

  private List<Envelope> observed() throws Exception {
    Path directory = folder.resolve("observed");
    try (PostgresBinaries postgres =
        new PostgresBinaries(15, folder, String.join("\n", SETTINGS))) {
      postgres.start();
      try (ObserverProcess observer = new ObserverProcess(directory, postgres.url())) {
        ObserverProcess.await(directory, 0, ObserverEvent.Attached.class);
        story(new Observed(postgres, directory));
        postgres.stop("fast");
        postgres.start(); // so that the end of the log can be read
        ObserverProcess.await(directory, 0, PostmasterEvent.ShutdownRequested.class);
        assertTrue(observer.process.isAlive());
      }
      return toItsEnd(withoutWaiting(ObserverProcess.events(directory)));
    }
  }

  private static List<Envelope> toItsEnd(List<Envelope> events) {
    int last = events.size() - 1;
    while (!(events.get(last).event() instanceof PostmasterEvent.Stopped)) {
      last--;
    }
    return events.subList(0, last + 1);
  }

  /// The observer is a client, too; it and others may come while the server starts.
  private static List<Envelope> withoutWaiting(List<Envelope> events) {
    Set<Integer> own = new HashSet<>();
    for (Envelope event : events) {
      boolean observer =
          switch (event.event()) {
            case ConnectionEvent.Authorized e -> "lifeline observe".equals(e.applicationName());
            case ConnectionEvent.Rejected e -> e.sqlstate().equals("57P03");
            default -> false;
          };
      if (observer) {
        own.add(event.subject().pid());
      }
    }
    return events.stream().filter(event -> !own.contains(event.subject().pid())).toList();
  }

  private List<Envelope> lifeline() throws Exception {
    Path password = Files.writeString(folder.resolve("password"), PostgresBinaries.PASSWORD + "\n");
    initdb("-A", "scram-sha-256", "--pwfile=" + password, "-U", "postgres");
    List<String> options = new ArrayList<>();
    SETTINGS.forEach(setting -> options.addAll(List.of("-c", setting)));
    try (LifelineProcess lifeline =
        LifelineProcess.startQuietly(data(), options.toArray(String[]::new))) {
      Server own = new Own(lifeline);
      story(own);
      assertEquals(0, lifeline.stop("INT"), lifeline.log());
      return withoutWaiting(own.events());
    }
  }

  private void initdb(String... options) throws Exception {
    List<String> command = LifelineProcess.command("initdb", "-D", data().toString());
    command.addAll(List.of(options));
    Process initdb =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("initdb.txt").toFile())
            .start();
    assertEquals(0, initdb.waitFor(), () -> folder.resolve("initdb.txt").toString());
  }

  private Path data() {
    return folder.resolve("lifeline");
  }
}
