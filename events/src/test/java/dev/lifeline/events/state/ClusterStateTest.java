package dev.lifeline.events.state;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.ConnectionEvent;
import dev.lifeline.events.Envelope;
import dev.lifeline.events.LifecycleEvent;
import dev.lifeline.events.LockEvent;
import dev.lifeline.events.Origin;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.PostmasterEvent.ParameterChange;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.RandomEvents;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.TransactionEvent;
import dev.lifeline.events.WalEvent;
import dev.lifeline.events.codec.EventFormatException;
import dev.lifeline.events.codec.EventType;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClusterStateTest {
  private static final Instant T0 = Instant.parse("2026-11-22T18:00:00Z");
  private static final Subject POSTMASTER = new Subject("postmaster", 1);
  private static final Subject CHECKPOINTER = new Subject("checkpointer", 3);
  private static final Subject BACKEND = new Subject("client backend", 7);

  private ClusterState state = ClusterState.EMPTY;

  private ClusterState on(Subject subject, LifecycleEvent... events) {
    for (LifecycleEvent event : events) {
      long sequence = state.sequence() + 1;
      state =
          state.apply(new Envelope(1, sequence, T0.plusSeconds(sequence), subject, 0, null, event));
    }
    return state;
  }

  /// [ClusterState#leavesProcesses] says so of nearly all that a busy server writes.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void typesThatLeaveTheProcessesDoSo(long seed) {
    RandomEvents random = new RandomEvents(seed);
    startWithOneClient();
    int left = 0;
    for (EventType type : EventType.all()) {
      if (ClusterState.leavesProcesses(type.slot())) {
        left++;
        for (Subject subject : List.of(POSTMASTER, CHECKPOINTER, BACKEND)) {
          IntMap<ProcessState> before = state.processes();
          on(subject, random.event(type.eventClass()));
          assertSame(before, state.processes(), type.name());
        }
      }
    }
    assertTrue(left > 5, "only " + left);
    for (var busy : List.of(TransactionEvent.Committed.class, WalEvent.Flushed.class)) {
      assertTrue(ClusterState.leavesProcesses(EventType.of(busy).slot()), busy.getName());
    }
    int exit = EventType.of(ProcessEvent.Exited.class).slot();
    assertFalse(ClusterState.leavesProcesses(exit));
  }

  private void startWithOneClient() {
    on(
        POSTMASTER,
        new PostmasterEvent.Started("0.1", "15.4", "/data", 4711),
        new PostmasterEvent.ConfigLoaded(
            "postgresql.conf",
            List.of(new ParameterChange("max_connections", null, "50", "configuration file"))),
        new PostmasterEvent.SharedMemoryInitialized(1 << 27, 1 << 26, 1 << 22, 50),
        new PostmasterEvent.Listening("127.0.0.1", 5432),
        new PostmasterEvent.StateChanged("PM_STARTUP", "PM_RUN"));
    on(CHECKPOINTER, new ProcessEvent.Forked(1), new ProcessEvent.Ready(1));
    on(
        BACKEND,
        new ProcessEvent.Forked(1),
        new ConnectionEvent.Received("127.0.0.1", 40000),
        new ConnectionEvent.Authenticated("alice", "scram-sha-256", 3),
        new ConnectionEvent.Authorized("alice", "mydb", "psql", null, null),
        new ProcessEvent.Ready(5));
  }

  private ProcessState process(Subject subject) {
    ProcessState process = state.processes().get(subject.pid());
    assertNotNull(process);
    return process;
  }

  @Test
  void aStartedClusterHasItsProcessesAndClients() {
    startWithOneClient();
    assertEquals("PM_RUN", state.postmaster().state());
    assertEquals(List.of("127.0.0.1:5432"), state.postmaster().listening());
    assertEquals(Map.of("max_connections", "50"), state.parameters());
    assertEquals(3, state.processes().size());
    assertEquals(1, state.totals().connections());
    ProcessState backend = process(BACKEND);
    assertEquals("alice", backend.usename());
    assertEquals("mydb", backend.datname());
    assertEquals(40000, backend.clientPort());
    assertEquals(ProcessState.State.READY, backend.state());
    assertEquals(1, backend.parentPid());
    assertEquals(T0.plusSeconds(8), backend.startedAt());
  }

  private void onStandby(String type, int pid, LifecycleEvent event) {
    long sequence = state.sequence() + 1;
    state =
        state.apply(
            new Envelope(
                1,
                sequence,
                T0.plusSeconds(sequence),
                new Subject("second " + type, pid),
                0,
                null,
                event,
                0,
                null,
                new Origin("second", null, "", 0, 0)));
  }

  /// A primary and its standby are on one log: neither's start ends the other's processes.
  @Test
  void aStandbyIsBesideItsPrimary() {
    startWithOneClient();
    onStandby("postmaster", 100, new PostmasterEvent.Started("0.1", "15.4", "", 100));
    onStandby("startup", 101, new ProcessEvent.Forked(100));
    onStandby("client backend", BACKEND.pid(), new ProcessEvent.Forked(100));
    onStandby("client backend", BACKEND.pid(), new ProcessEvent.Exited(0, 1));
    onStandby("postmaster", 100, new PostmasterEvent.StateChanged("PM_STARTUP", "PM_HOT_STANDBY"));
    assertEquals("PM_RUN", state.postmaster().state());
    assertEquals(5, state.processes().size());
    assertEquals("client backend", process(BACKEND).backendType());
    on(POSTMASTER, new PostmasterEvent.Started("0.1", "15.4", "/data", 4712));
    assertEquals(
        List.of("postmaster", "second postmaster", "second startup"),
        state.processes().values().stream().map(ProcessState::backendType).toList());
    assertEquals(0, state.totals().connections());
    onStandby("postmaster", 100, new PostmasterEvent.Stopped(null, 0, 1));
    assertEquals(1, state.processes().size());
  }

  @Test
  void aCrashEmptiesTheTreeAndRecoveryFillsItAgain() {
    startWithOneClient();
    on(CHECKPOINTER, new CheckpointEvent.Started(CheckpointEvent.Reason.TIME, 100));
    assertEquals("checkpoint: time", process(CHECKPOINTER).activity());
    on(new Subject("walwriter", 4), new WalEvent.Flushed(100, 900, 800, 2, 0.1, 0.2));
    on(BACKEND, new ProcessEvent.Crashed(1, "java.lang.AssertionError", "XX000", "no", 10));
    assertEquals(0, state.totals().connections());
    on(POSTMASTER, new PostmasterEvent.StateChanged("PM_RUN", "PM_WAIT_BACKENDS"));
    on(CHECKPOINTER, new ProcessEvent.Terminated("SIGQUIT", "crash of another process"));
    assertEquals(ProcessState.State.TERMINATING, process(CHECKPOINTER).state());
    on(CHECKPOINTER, new ProcessEvent.Exited(2, 20));
    assertEquals(List.of(1), state.processes().values().stream().map(ProcessState::pid).toList());

    Subject startup = new Subject("startup", 8);
    on(
        startup,
        new ProcessEvent.Forked(1),
        new RecoveryEvent.Started(RecoveryEvent.Reason.CRASH, 90, 100));
    assertEquals("redo from 0/64", process(startup).activity());
    on(startup, new RecoveryEvent.Progressed(500, 10, 400, 1));
    WalState.Recovery redo = state.wal().recovery();
    assertNotNull(redo);
    assertEquals(500, redo.currentLsn());
    on(startup, new RecoveryEvent.Completed(RecoveryEvent.Reason.CRASH, 100, 900, 20, 800, 2));
    assertNull(state.wal().recovery());
    assertEquals(900, state.wal().flushLsn());
    on(startup, new ProcessEvent.Exited(0, 3));
    Subject next = new Subject("checkpointer", 9);
    on(next, new ProcessEvent.Forked(1), new ProcessEvent.Restarted(3, "crash"));
    assertEquals(3, process(next).replacesPid());
  }

  @Test
  void aNewRunForgetsTheProcessesOfTheOneThatWasKilled() {
    startWithOneClient();
    on(
        BACKEND,
        new LockEvent.Waiting("ShareLock", "transactionid", "transaction 742", List.of(9), null));
    assertEquals("ShareLock on transaction 742", process(BACKEND).waitingFor());
    on(new Subject("postmaster", 2), new PostmasterEvent.Started("0.1", "15.4", "/data", 4712));
    assertEquals(List.of(2), state.processes().values().stream().map(ProcessState::pid).toList());
    assertEquals(0, state.totals().connections());
    assertEquals(List.of(), state.postmaster().listening());
  }

  @Test
  void anOrderlyStopLeavesNobody() {
    startWithOneClient();
    on(BACKEND, new TransactionEvent.Committed(742, 1, 5000));
    on(BACKEND, new ConnectionEvent.Closed("alice", "mydb", 5, null, null));
    on(BACKEND, new ProcessEvent.Exited(0, 6));
    assertEquals(0, state.totals().connections());
    on(
        POSTMASTER,
        new PostmasterEvent.ShutdownRequested(PostmasterEvent.ShutdownMode.FAST, "SIGINT"),
        new PostmasterEvent.Stopped(PostmasterEvent.ShutdownMode.FAST, 0, 9));
    assertEquals(PostmasterState.STOPPED, state.postmaster().state());
    assertEquals(0, state.processes().size());
    assertEquals(1, state.count(TransactionEvent.Committed.class));
    assertEquals(5000, state.wal().insertLsn());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void anyLogFoldsTheSameFromAnySnapshotOnTheWay(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    RandomEvents events = new RandomEvents(seed);
    ClusterState whole = ClusterState.EMPTY;
    ClusterState resumed = ClusterState.EMPTY;
    for (int sequence = 1; sequence <= 3_000; sequence++) {
      List<EventType> types = EventType.all();
      EventType type = types.get(random.nextInt(types.size()));
      Envelope drawn = events.envelope(1, sequence, events.event(type.eventClass()));
      Subject subject = new Subject("client backend", random.nextInt(40));
      Envelope envelope = new Envelope(1, sequence, drawn.time(), subject, 0, null, drawn.event());
      whole = whole.apply(envelope);
      resumed = resumed.apply(envelope);
      if (sequence % 100 == 0) {
        byte[] snapshot = resumed.toJson();
        resumed = ClusterState.fromJson(snapshot);
        assertArrayEquals(snapshot, resumed.toJson());
      }
    }
    assertEquals(
        new String(whole.toJson(), StandardCharsets.UTF_8),
        new String(resumed.toJson(), StandardCharsets.UTF_8));
  }

  @Test
  void refusesAnEventThatItHasSeen() {
    startWithOneClient();
    Envelope old = new Envelope(1, 3, T0, BACKEND, 0, null, new ProcessEvent.Ready(1));
    assertThrows(IllegalArgumentException.class, () -> state.apply(old));
    assertThrows(
        EventFormatException.class,
        () -> ClusterState.fromJson("{\"sequence\":1}".getBytes(StandardCharsets.UTF_8)));
  }
}
