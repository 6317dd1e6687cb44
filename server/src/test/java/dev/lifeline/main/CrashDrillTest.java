package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.Envelope;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.codec.LineReader;
import dev.lifeline.events.journal.JournalLine;
import dev.lifeline.events.journal.JournalReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The crash of one backend: what its peers and newcomers are told, that the server comes back with
/// everything that was committed, and that the event log tells it as one story.
class CrashDrillTest {
  @TempDir private Path dir;

  @Test
  void theCrashOfABackendRestartsTheCluster() throws Exception {
    try (LifelineProcess server = LifelineProcess.start(dir.resolve("data"))) {
      try (Connection victim = server.connect("postgres");
          Connection peer = server.connect("postgres");
          Statement onPeer = peer.createStatement()) {
        onPeer.execute("CREATE TABLE kept (id int PRIMARY KEY)");
        onPeer.execute("INSERT INTO kept VALUES (1), (2), (3)");
        peer.setAutoCommit(false);
        onPeer.execute("INSERT INTO kept VALUES (4)");

        int pid = backendPid(victim);
        try (Connection driller = server.connect("postgres");
            Statement drill = driller.createStatement()) {
          try {
            drill.execute("SELECT lifeline_crash_backend(" + pid + ")");
          } catch (SQLException e) {
            // Who is told 57P02 before its answer has come sees the connection break.
            assertTrue(Set.of("57P02", "08006").contains(e.getSQLState()), e.getMessage());
          }
        }

        SQLException lost = assertThrows(SQLException.class, () -> untilLost(onPeer));
        assertTrue(
            Set.of("57P02", "08006", "08003").contains(lost.getSQLState()), lost.getSQLState());
      }
      Set<String> refusals = awaitNewcomer(server);
      assertTrue(Set.of("57P03").containsAll(refusals), refusals.toString());
      try (Connection after = server.connect("postgres");
          Statement statement = after.createStatement();
          ResultSet rows = statement.executeQuery("SELECT count(*), max(id) FROM kept")) {
        rows.next();
        assertEquals(3, rows.getInt(1), "the committed rows, and nothing half-done");
        assertEquals(3, rows.getInt(2));
      }
      assertEquals(0, server.stop("INT"), server.log());
      server.verifyEvents();
      server.checkFiles();
      theLogTellsOneStory(dir.resolve("data/pg_events"));
      theLogInTheTerminal(server);
    }
  }

  private static void theLogInTheTerminal(LifelineProcess server) throws Exception {
    List<String> crashes =
        server.events("tail", "-n", "100000", "--no-follow", "-t", "process.crashed");
    assertEquals(1, crashes.size(), crashes::toString);
    assertTrue(crashes.getFirst().contains("\"type\":\"dev.lifeline.process.crashed.v1\""));
    List<String> last = server.events("tail", "-n", "3", "--no-follow");
    assertEquals(3, last.size(), last::toString);
    assertTrue(last.getLast().contains("postmaster.stopped"), last::toString);
    List<String> rows =
        server.events("export", "-F", "csv", "-t", "recovery.started,recovery.completed");
    assertEquals(3, rows.size(), rows::toString);
  }

  /// The crash reaches the others within moments, not at once.
  private static void untilLost(Statement statement) throws Exception {
    for (int i = 0; i < 100; i++) {
      statement.execute("SELECT 1");
      Thread.sleep(50);
    }
  }

  private static int backendPid(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT pg_backend_pid()")) {
      row.next();
      return row.getInt(1);
    }
  }

  /// Tries until a newcomer is let in; returns the SQLSTATEs of the refusals.
  private static Set<String> awaitNewcomer(LifelineProcess server) throws Exception {
    Set<String> refusals = new HashSet<>();
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try (Connection newcomer = server.connect("postgres");
          Statement statement = newcomer.createStatement()) {
        statement.execute("SELECT 1");
        return refusals;
      } catch (SQLException e) {
        assertTrue(System.nanoTime() < until, e.getMessage());
        refusals.add(e.getSQLState());
      }
    }
  }

  /// From the second "ready" one walks up the causes to the crash, and from it to the drill.
  private static void theLogTellsOneStory(Path log) throws Exception {
    Map<Long, Envelope> bySequence = new HashMap<>();
    Envelope crash = null;
    Envelope runAgain = null;
    boolean recovered = false;
    LineReader reader = new LineReader();
    for (JournalLine line : JournalReader.of(log).read(1, 1_000_000)) {
      Envelope event = line.envelope(reader);
      bySequence.put(event.sequence(), event);
      assertTrue(event.subject().pid() > 0, () -> "somebody did it: " + event);
      if (event.event() instanceof ProcessEvent.Crashed) {
        crash = event;
      }
      recovered |= crash != null && event.event() instanceof RecoveryEvent.Completed;
      if (crash != null
          && event.event() instanceof PostmasterEvent.StateChanged(String from, String to)
          && to.equals("PM_RUN")) {
        runAgain = event;
      }
    }
    assertNotNull(crash, "the crash is on the log");
    assertNotNull(runAgain, "the return is on the log");
    assertTrue(recovered, "the redo is on the log");
    Set<Long> causes = new HashSet<>();
    for (Envelope at = runAgain; at != null && at.cause() != 0; at = bySequence.get(at.cause())) {
      causes.add(at.cause());
    }
    assertTrue(causes.contains(crash.sequence()), "ready <- ... <- crash: " + causes);
    Envelope drill = bySequence.get(crash.cause());
    assertNotNull(drill);
    assertTrue(drill.event() instanceof dev.lifeline.events.FaultEvent.Injected, drill.toString());
  }
}
