package dev.lifeline.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.ServerEvent;
import dev.lifeline.events.StatementEvent;
import dev.lifeline.events.VacuumEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.JsonWriter;
import dev.lifeline.events.codec.LineWriter;
import dev.lifeline.observe.log.LogFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Logs of real servers, 13 to 18, through the same day each: connections let in and refused,
/// errors, lock waits and deadlocks, autovacuum, spilled sorts, checkpoints, failing archive
/// command, reloads good and bad, `kill -9` of a backend and of the postmaster, every kind of stop.
class MessagesTest {
  private static final int CHUNK = 3000;

  static String file(int major) {
    return major + (major < 15 ? ".csv" : ".json");
  }

  static byte[] log(int major) throws IOException {
    try (InputStream in = MessagesTest.class.getResourceAsStream("/observe/" + file(major))) {
      return Objects.requireNonNull(in, file(major)).readAllBytes();
    }
  }

  static Told told(int major, boolean redacted, int chunk) throws IOException {
    LogFormat format = Objects.requireNonNull(LogFormat.ofFile(file(major)));
    return new Told(redacted).read(format, file(major), log(major), chunk);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void everyRecordIsOneEventOfItsOwn(int major) throws Exception {
    Told told = told(major, true, CHUNK);
    Set<String> ids = new HashSet<>();
    long own = 0;
    for (Envelope event : told.events) {
      String id = Objects.requireNonNull(Objects.requireNonNull(event.origin()).id());
      assertTrue(ids.add(id), id);
      own += id.matches("[0-9a-f]+\\.[0-9a-f]+-\\d+") ? 1 : 0;
    }
    assertEquals(told.observation.lines(), own);
    assertEquals(told.observation.place().logOffset(), log(major).length);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void everyWordingOfTheDayIsKnown(int major) throws Exception {
    List<String> unknown =
        told(major, false, CHUNK).of(ServerEvent.Logged.class).stream()
            .filter(event -> event.topic() == null && event.errorSeverity().equals("LOG"))
            .map(event -> String.valueOf(event.message()))
            .distinct()
            .toList();
    assertEquals(List.of(), unknown);
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void theDayIsTold(int major) throws Exception {
    Told told = told(major, true, CHUNK);
    assertEquals(
        List.of("28P01", "3D000"),
        told.of(ConnectionEvent.Rejected.class).stream()
            .map(ConnectionEvent.Rejected::sqlstate)
            .filter(code -> !code.equals("57P03"))
            .limit(2)
            .toList());
    List<String> failures =
        told.of(StatementEvent.Failed.class).stream().map(StatementEvent.Failed::sqlstate).toList();
    assertTrue(
        failures.containsAll(
            List.of("22012", "42P01", "23505", "42601", "57014", "55P03", "40P01")),
        failures.toString());
    LockEvent.DeadlockDetected deadlock = told.of(LockEvent.DeadlockDetected.class).getFirst();
    assertEquals(2, deadlock.cycle().size());
    assertEquals("transactionid", deadlock.locktype());
    assertEquals(deadlock.cycle().get(0).pid(), deadlock.cycle().get(1).blockedByPid());
    LockEvent.Waiting waiting = told.of(LockEvent.Waiting.class).getFirst();
    assertEquals(List.of("ShareLock", 1), List.of(waiting.mode(), waiting.blockingPids().size()));
    assertTrue(told.of(LockEvent.Acquired.class).getFirst().waitedMs() > 200);

    VacuumEvent.Completed vacuum =
        told.of(VacuumEvent.Completed.class).stream()
            .filter(event -> event.relname().equals("t"))
            .max(Comparator.comparingInt(VacuumEvent.Completed::indexScans))
            .orElseThrow();
    assertEquals("postgres.public", vacuum.datname() + "." + vacuum.schemaname());
    // What a scan has pruned before it is not counted, so how many were removed varies.
    assertEquals(1, vacuum.indexScans());
    assertEquals(10_000, vacuum.tuplesRemaining());
    assertTrue(
        vacuum.pagesRemaining() > 100 && vacuum.walRecords() > 100 && vacuum.oldestXmin() > 0);
    assertTrue(
        told.of(VacuumEvent.AnalyzeCompleted.class).stream()
            .anyMatch(event -> event.relname().equals("t")));

    CheckpointEvent.Completed checkpoint =
        told.of(CheckpointEvent.Completed.class).stream()
            .filter(event -> event.reason() == CheckpointEvent.Reason.REQUESTED)
            .findFirst()
            .orElseThrow();
    assertTrue(checkpoint.buffersWritten() > 100 && checkpoint.distanceBytes() > 1 << 20);
    assertEquals(major >= 16, checkpoint.redoLsn() != 0); // the log has it from 16 on
    WalEvent.ArchiveFailed failed = told.of(WalEvent.ArchiveFailed.class).getFirst();
    assertEquals(1, failed.exitCode());
    assertTrue(told.of(RecoveryEvent.Completed.class).getFirst().replayedBytes() > 0);
    assertTrue(
        told.of(StatementEvent.Completed.class).stream()
            .anyMatch(event -> "select pg_sleep(?), ?".equals(event.query())));
    for (String topic : List.of("temporary_file", "plan", "restore_point", "interrupted")) {
      assertTrue(
          told.of(ServerEvent.Logged.class).stream().anyMatch(e -> topic.equals(e.topic())), topic);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void aCrashIsOneStory(int major) throws Exception {
    Told told = told(major, true, CHUNK);
    Envelope crash = first(told, ProcessEvent.Crashed.class, 0);
    assertEquals(137, ((ProcessEvent.Crashed) crash.event()).exitCode());
    Envelope ready = first(told, PostmasterEvent.StateChanged.class, crash.sequence());
    while (!((PostmasterEvent.StateChanged) ready.event()).toState().equals("PM_RUN")) {
      ready = first(told, PostmasterEvent.StateChanged.class, ready.sequence());
    }
    List<String> chain = told.chain(ready);
    assertEquals("process.crashed", chain.getFirst());
    assertEquals(
        List.of("postmaster.state_changed", "recovery.started", "recovery.completed"),
        chain.stream().filter(type -> chain.indexOf(type) > 0).distinct().limit(3).toList());
    Envelope reset = first(told, RecoveryEvent.Started.class, crash.sequence());
    assertTrue(told.chain(reset).contains("process.crashed"), told.chain(reset).toString());
  }

  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void aShutdownIsOneStory(int major) throws Exception {
    Told told = told(major, true, CHUNK);
    Envelope request = first(told, PostmasterEvent.ShutdownRequested.class, 0);
    assertEquals(
        PostmasterEvent.ShutdownMode.FAST,
        ((PostmasterEvent.ShutdownRequested) request.event()).mode());
    Envelope stopped = first(told, PostmasterEvent.Stopped.class, request.sequence());
    assertEquals(
        List.of(
            "postmaster.shutdown_requested",
            "checkpoint.started",
            "checkpoint.completed",
            "postmaster.stopped"),
        told.chain(stopped));
    Envelope closed = first(told, ConnectionEvent.Closed.class, request.sequence());
    assertEquals(
        List.of("postmaster.shutdown_requested", "process.terminated", "connection.closed"),
        told.chain(closed));
    assertEquals("57P01", ((ConnectionEvent.Closed) closed.event()).sqlstate());
    // The postmaster was killed once: who was alive then was lost.
    assertFalse(told.of(ProcessEvent.Lost.class).isEmpty());
  }

  private static Envelope first(Told told, Class<?> type, long after) {
    return told.events.stream()
        .filter(event -> event.sequence() > after && type.isInstance(event.event()))
        .findFirst()
        .orElseThrow();
  }

  /// Statements of the day have the word in their literals, and one has it in a name.
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void noLiteralLeavesUnlessItMay(int major) throws Exception {
    Pattern literal = Pattern.compile("secret(?!_42)");
    assertFalse(literal.matcher(json(told(major, true, CHUNK))).find());
    assertTrue(literal.matcher(json(told(major, false, CHUNK))).find());
  }

  private static String json(Told told) {
    LineWriter lines = new LineWriter(Told.CLUSTER, new byte[16]);
    JsonWriter out = new JsonWriter();
    told.events.forEach(event -> lines.append(out, event));
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void theCallersTraceIsJoined() throws Exception {
    Envelope slow =
        told(15, true, CHUNK).events.stream()
            .filter(event -> event.event() instanceof StatementEvent.Completed)
            .filter(event -> event.trace() != null)
            .findFirst()
            .orElseThrow();
    assertEquals(
        "0af7651916cd43dd8448eb211c80319c", Objects.requireNonNull(slow.trace()).traceId());
  }

  /// Wherever an observer is killed: the next one goes on so that nothing is missing, twice, or
  /// told otherwise.
  @ParameterizedTest
  @ValueSource(ints = {13, 14, 15, 16, 17, 18})
  void aKillBetweenAnyTwoEventsChangesNothing(int major) throws Exception {
    Told whole = told(major, true, CHUNK);
    byte[] log = log(major);
    LogFormat format = Objects.requireNonNull(LogFormat.ofFile(file(major)));
    for (int killed = 0; killed < whole.events.size(); killed++) {
      Told second = new Told(true);
      second.events.addAll(whole.events.subList(0, killed));
      second.observation.resume(List.copyOf(second.events));
      int offset = (int) second.observation.place().logOffset();
      second.readFrom(format, file(major), log, offset);
      assertEquals(whole.events.size(), second.events.size(), "killed after " + killed);
      for (int i = killed; i < whole.events.size(); i++) {
        assertEquals(whole.events.get(i), second.events.get(i), "killed after " + killed);
      }
    }
  }
}
