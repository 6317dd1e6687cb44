package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.tcop.CanAcceptConnections;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PostmasterStateMachineTest {
  /// Carries out what the machine wants, with processes that do what they are told.
  private static final class World {
    final PostmasterStateMachine machine;
    final Map<Integer, ProcessType> alive = new LinkedHashMap<>();
    final Map<Integer, ExitStatus> dying = new LinkedHashMap<>();
    final List<String> log = new ArrayList<>();
    final List<PmState> states = new ArrayList<>();
    int lastPid = 100;
    int resets;
    long nanos;

    /// When a start was to be made, and what it waits for; -1 for nothing.
    long startAfterMs = -1;

    /// When somebody was to be forked who is held back; -1 for nobody.
    long forkAfterMs = -1;

    int exitCode = -1;

    boolean autovacuum = true;

    World(boolean restartAfterCrash) {
      machine =
          new PostmasterStateMachine(
              () -> autovacuum,
              true,
              () -> restartAfterCrash,
              new CrashBackoff(() -> nanos),
              new RestartInterval(() -> nanos));
      carryOut(machine.start());
    }

    static World running() {
      World world = new World(true);
      world.exit(ProcessType.STARTUP, ExitStatus.OK);
      return world;
    }

    void carryOut(List<PmAction> actions) {
      for (PmAction action : actions) {
        switch (action) {
          case PmAction.Fork(ProcessType type) -> fork(type);
          case PmAction.Signal(int pid, ProcessSignal signal, String reason) -> told(pid, signal);
          case PmAction.StateChanged(PmState from, PmState to) -> states.add(to);
          case PmAction.Log line -> log.add(line.message());
          case PmAction.ResetSharedMemory() -> {
            assertTrue(alive.isEmpty(), "shared memory is thrown away under " + alive);
            resets++;
          }
          case PmAction.Exit(int code) -> exitCode = code;
          case PmAction.CrashDetected ignored -> {}
          case PmAction.KillAfter ignored -> {}
          case PmAction.ForkAfter(long millis) -> forkAfterMs = millis;
          case PmAction.StartAfter(long millis) -> startAfterMs = millis;
          case PmAction.CloseDeadEnds() -> {}
        }
      }
    }

    int fork(ProcessType type) {
      int pid = ++lastPid;
      alive.put(pid, type);
      machine.forked(pid, type);
      return pid;
    }

    private void told(int pid, ProcessSignal signal) {
      switch (signal) {
        case SIGTERM, SIGUSR2 ->
            dying.putIfAbsent(
                pid,
                alive.get(pid) == ProcessType.CLIENT_BACKEND ? ExitStatus.FATAL : ExitStatus.OK);
        case SIGQUIT -> dying.put(pid, ExitStatus.QUIT);
        case SIGKILL -> dying.put(pid, ExitStatus.killed(null));
        case SIGHUP, SIGINT -> {}
      }
    }

    void exit(int pid, ExitStatus status) {
      alive.remove(pid);
      dying.remove(pid);
      carryOut(machine.exited(pid, status));
    }

    void exit(ProcessType type, ExitStatus status) {
      exit(pid(type), status);
    }

    /// The time has come that it waits for.
    void startAnew() {
      nanos += startAfterMs * 1_000_000;
      startAfterMs = -1;
      carryOut(machine.startAnew());
    }

    int pid(ProcessType type) {
      return alive.entrySet().stream()
          .filter(e -> e.getValue() == type)
          .findFirst()
          .orElseThrow()
          .getKey();
    }

    /// Lets those who were told to end do so, one after the other, in an order of the seed's.
    void settle(Random random) {
      while (!dying.isEmpty()) {
        List<Integer> pids = List.copyOf(dying.keySet());
        int pid = pids.get(random.nextInt(pids.size()));
        exitAsTold(pid);
      }
    }

    void exitAsTold(int pid) {
      exit(pid, Objects.requireNonNull(dying.get(pid)));
    }

    void settle() {
      settle(new Random(1));
    }
  }

  @Test
  void startForksStartupThenTheWorkers() {
    World world = new World(true);
    assertEquals(
        List.of(ProcessType.CHECKPOINTER, ProcessType.BACKGROUND_WRITER, ProcessType.STARTUP),
        List.copyOf(world.alive.values()));
    assertEquals(CanAcceptConnections.STARTUP, world.machine.canAcceptConnections());

    world.exit(ProcessType.STARTUP, ExitStatus.OK);

    assertEquals(PmState.PM_RUN, world.machine.state());
    assertEquals(
        List.of(
            ProcessType.CHECKPOINTER,
            ProcessType.BACKGROUND_WRITER,
            ProcessType.WAL_WRITER,
            ProcessType.AUTOVACUUM_LAUNCHER,
            ProcessType.STATS_COLLECTOR,
            ProcessType.ARCHIVER,
            ProcessType.LOGICAL_REPLICATION_LAUNCHER),
        List.copyOf(world.alive.values()));
    assertEquals(List.of("database system is ready to accept connections"), world.log);
    assertEquals(CanAcceptConnections.OK, world.machine.canAcceptConnections());
  }

  @Test
  void fastShutdownEndsBackendsAndWorkersThenTheCheckpointer() {
    World world = World.running();
    world.fork(ProcessType.CLIENT_BACKEND);

    world.carryOut(world.machine.shutdownRequested(ShutdownMode.FAST));
    assertEquals(CanAcceptConnections.SHUTDOWN, world.machine.canAcceptConnections());
    assertFalse(
        world.dying.containsKey(world.pid(ProcessType.CHECKPOINTER)), "it goes after the others");
    world.settle();

    assertEquals(0, world.exitCode);
    assertEquals(
        List.of(
            PmState.PM_STARTUP,
            PmState.PM_RUN,
            PmState.PM_STOP_BACKENDS,
            PmState.PM_WAIT_BACKENDS,
            PmState.PM_SHUTDOWN,
            PmState.PM_SHUTDOWN_2,
            PmState.PM_WAIT_DEAD_END,
            PmState.PM_NO_CHILDREN),
        world.states);
    assertEquals("database system is shut down", world.log.getLast());
  }

  @Test
  void smartShutdownWaitsForTheClients() {
    World world = World.running();
    int client = world.fork(ProcessType.CLIENT_BACKEND);

    world.carryOut(world.machine.shutdownRequested(ShutdownMode.SMART));
    world.settle();
    assertEquals(PmState.PM_RUN, world.machine.state());
    assertEquals(CanAcceptConnections.SHUTDOWN, world.machine.canAcceptConnections());

    world.exit(client, ExitStatus.OK);
    world.settle();
    assertEquals(0, world.exitCode);
  }

  /// Its client gets what the others have committed: so it is there until they are gone, and the
  /// checkpointer ends it.
  @Test
  void aWalSenderIsToldByTheCheckpointer() {
    World world = World.running();
    world.fork(ProcessType.CLIENT_BACKEND);
    int walSender = world.fork(ProcessType.CLIENT_BACKEND);
    world.alive.put(walSender, ProcessType.WAL_SENDER);
    world.carryOut(world.machine.becameWalSender(walSender));

    world.carryOut(world.machine.shutdownRequested(ShutdownMode.FAST));
    assertFalse(world.dying.containsKey(walSender));
    while (world.machine.state() != PmState.PM_SHUTDOWN) {
      world.exitAsTold(world.dying.keySet().iterator().next());
    }
    assertFalse(world.dying.containsKey(walSender));
    world.exit(walSender, ExitStatus.OK);
    world.settle();

    assertEquals(0, world.exitCode);
  }

  @Test
  void smartShutdownDoesNotWaitForAWalSender() {
    World world = World.running();
    int walSender = world.fork(ProcessType.CLIENT_BACKEND);
    world.carryOut(world.machine.shutdownRequested(ShutdownMode.SMART));
    assertEquals(PmState.PM_RUN, world.machine.state());

    world.alive.put(walSender, ProcessType.WAL_SENDER);
    world.carryOut(world.machine.becameWalSender(walSender));
    world.settle();

    assertEquals(0, world.exitCode);
  }

  @Test
  void immediateShutdownMakesNoCheckpoint() {
    World world = World.running();
    world.fork(ProcessType.CLIENT_BACKEND);

    world.carryOut(world.machine.shutdownRequested(ShutdownMode.IMMEDIATE));
    assertTrue(world.dying.values().stream().allMatch(ExitStatus.QUIT::equals));
    world.settle();

    assertEquals(0, world.exitCode);
    assertFalse(world.states.contains(PmState.PM_SHUTDOWN));
  }

  @ParameterizedTest
  @EnumSource(
      value = ProcessType.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"POSTMASTER", "STARTUP", "SYSLOGGER"})
  void theCrashOfAnyProcessRestartsTheCluster(ProcessType type) {
    World world = World.running();
    world.fork(ProcessType.CLIENT_BACKEND);
    world.fork(ProcessType.AUTOVACUUM_WORKER);
    world.fork(ProcessType.WAL_SENDER);
    world.fork(ProcessType.LOGICAL_REPLICATION_WORKER);
    int others = world.alive.size() - 1;

    world.exit(type, ExitStatus.killed(null));

    assertEquals(PmState.PM_WAIT_BACKENDS, world.machine.state());
    assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());
    assertEquals(others, world.dying.size(), "everybody else is told to quit");
    world.settle();
    assertEquals(1, world.resets);
    assertEquals(PmState.PM_STARTUP, world.machine.state());
    assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());

    world.exit(ProcessType.STARTUP, ExitStatus.OK);
    assertEquals(CanAcceptConnections.OK, world.machine.canAcceptConnections());
    assertEquals(
        List.of(
            "terminating any other active server processes",
            "all server processes terminated; reinitializing",
            "database system is ready to accept connections"),
        world.log.subList(world.log.size() - 3, world.log.size()));
  }

  /// Crashes, and comes back as soon as it may.
  private static long crashAndReturn(World world) {
    world.exit(ProcessType.WAL_WRITER, ExitStatus.killed(null));
    world.settle();
    long waited = Math.max(0, world.startAfterMs);
    if (world.startAfterMs >= 0) {
      assertEquals(PmState.PM_NO_CHILDREN, world.machine.state());
      assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());
      world.startAnew();
    }
    world.exit(ProcessType.STARTUP, ExitStatus.OK);
    return waited;
  }

  @Test
  void aServerThatCrashesAllTheTimeIsHeldBack() {
    World world = World.running();
    for (int i = 0; i < CrashBackoff.AT_ONCE_MAX; i++) {
      assertEquals(0, crashAndReturn(world));
    }
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      waits.add(crashAndReturn(world));
    }
    assertEquals(List.of(500L, 1000L, 2000L, 4000L, 8000L, 16_000L, 30_000L, 30_000L), waits);
    assertTrue(
        world.log.contains(
            "server has crashed 12 times in a row; waiting 1000 ms before reinitializing"));

    world.nanos += CrashBackoff.STEADY_NANOS;
    assertEquals(0, crashAndReturn(world), "it had recovered");
  }

  @ParameterizedTest
  @EnumSource(ShutdownMode.class)
  void aServerThatIsHeldBackCanBeStopped(ShutdownMode mode) {
    World world = World.running();
    for (int i = 0; i < CrashBackoff.AT_ONCE_MAX; i++) {
      crashAndReturn(world);
    }
    world.exit(ProcessType.WAL_WRITER, ExitStatus.killed(null));
    world.settle();
    assertEquals(500, world.startAfterMs);

    world.carryOut(world.machine.shutdownRequested(mode));

    assertEquals(1, world.exitCode);
    assertEquals("abnormal database system shutdown", world.log.getLast());
    world.exitCode = -1;
    world.startAnew();
    world.carryOut(world.machine.shutdownRequested(ShutdownMode.IMMEDIATE));
    assertEquals(-1, world.exitCode, "it ends once");
    assertTrue(world.alive.isEmpty(), "and does not come back");
  }

  /// Who stops a server that recovers from a crash need not wait for anything, least of all for the
  /// time after which those are killed whom the crash ended.
  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aServerThatRecoversFromACrashCanBeStopped(int startupStatus) {
    World world = World.running();
    world.exit(ProcessType.WAL_WRITER, ExitStatus.killed(null));
    world.settle();
    assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());
    world.log.clear();

    world.carryOut(world.machine.shutdownRequested(ShutdownMode.FAST));
    world.carryOut(world.machine.killRecalcitrant());
    world.exit(ProcessType.STARTUP, startupStatus == 0 ? ExitStatus.OK : ExitStatus.FATAL);
    world.settle();

    assertEquals(
        List.of("received fast shutdown request", "database system is shut down"), world.log);
    assertEquals(0, world.exitCode);
  }

  @Test
  void withoutRestartAfterCrashTheServerEnds() {
    World world = new World(false);
    world.exit(ProcessType.STARTUP, ExitStatus.OK);

    world.exit(ProcessType.CHECKPOINTER, ExitStatus.OK);
    world.settle();

    assertEquals(1, world.exitCode);
    assertTrue(world.log.contains("shutting down because restart_after_crash is off"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"BACKGROUND_WRITER", "WAL_WRITER", "ARCHIVER", "STATS_COLLECTOR"})
  void aWorkerThatEndsInGoodOrderIsForkedAgain(String name) {
    World world = World.running();
    ProcessType type = ProcessType.valueOf(name);
    int before = world.pid(type);
    world.nanos += RestartInterval.INTERVAL_MS * 1_000_000;

    world.exit(type, ExitStatus.OK);

    assertTrue(world.pid(type) > before);
    assertEquals(PmState.PM_RUN, world.machine.state());
  }

  /// Its command may end it as soon as it begins.
  @Test
  void anArchiverIsForkedOnceInTenSeconds() {
    World world = World.running();
    world.nanos += 4_000_000_000L;
    world.exit(ProcessType.ARCHIVER, ExitStatus.FATAL);
    assertFalse(world.alive.containsValue(ProcessType.ARCHIVER));
    assertEquals(6_000, world.forkAfterMs);
    world.forkAfterMs = -1;
    world.exit(ProcessType.WAL_WRITER, ExitStatus.OK);
    assertEquals(-1, world.forkAfterMs, "it waits already");

    world.nanos += 6_000_000_000L;
    world.carryOut(world.machine.forkLate());
    assertTrue(world.alive.containsValue(ProcessType.ARCHIVER));

    world.exit(ProcessType.ARCHIVER, ExitStatus.FATAL);
    assertFalse(world.alive.containsValue(ProcessType.ARCHIVER));
    world.exit(ProcessType.WAL_WRITER, ExitStatus.killed(null));
    world.settle();
    world.exit(ProcessType.STARTUP, ExitStatus.OK);
    assertTrue(world.alive.containsValue(ProcessType.ARCHIVER), "a new start of all");

    world.exit(ProcessType.ARCHIVER, ExitStatus.FATAL);
    world.carryOut(world.machine.shutdownRequested(ShutdownMode.FAST));
    world.carryOut(world.machine.forkLate());
    world.settle();
    assertEquals(0, world.exitCode);
  }

  /// PostgreSQL's words for who knocks while the WAL is repeated; and a crash then is a new one.
  @Test
  void aCrashWhileTheWalIsRepeated() {
    World world = World.running();
    world.exit(ProcessType.WAL_WRITER, ExitStatus.killed(null));
    world.settle();
    assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());
    world.carryOut(world.machine.recoveryStarted());
    assertEquals(CanAcceptConnections.NOT_CONSISTENT, world.machine.canAcceptConnections());

    world.exit(ProcessType.CHECKPOINTER, ExitStatus.killed(null));
    assertEquals(CanAcceptConnections.RECOVERY, world.machine.canAcceptConnections());
    world.settle();

    assertEquals(2, world.resets);
    world.exit(ProcessType.STARTUP, ExitStatus.OK);
    assertEquals(CanAcceptConnections.OK, world.machine.canAcceptConnections());
  }

  @Test
  void aReloadTurnsAutovacuumOffAndOn() {
    World world = World.running();

    world.autovacuum = false;
    world.carryOut(world.machine.configurationReloaded());
    world.exit(ProcessType.AUTOVACUUM_LAUNCHER, ExitStatus.OK);
    assertFalse(world.alive.containsValue(ProcessType.AUTOVACUUM_LAUNCHER));

    world.autovacuum = true;
    world.carryOut(world.machine.configurationReloaded());
    world.carryOut(world.machine.configurationReloaded());
    assertEquals(
        1, world.alive.values().stream().filter(ProcessType.AUTOVACUUM_LAUNCHER::equals).count());
  }

  @Test
  void aStartupThatFailsEndsTheServer() {
    World world = new World(true);

    world.exit(ProcessType.STARTUP, ExitStatus.FATAL);
    world.settle();

    assertEquals(1, world.exitCode);
    assertTrue(world.log.contains("terminating any other active server processes"));
    assertTrue(world.log.contains("shutting down due to startup process failure"));
    assertFalse(
        world.log.stream().anyMatch(line -> line.startsWith("checkpointer process")),
        "that it quits when it is told to is no crash");
  }

  @Test
  void aBackendThatEndsByAFatalErrorIsNoCrash() {
    World world = World.running();
    int client = world.fork(ProcessType.CLIENT_BACKEND);

    world.exit(client, ExitStatus.FATAL);

    assertEquals(PmState.PM_RUN, world.machine.state());
    assertTrue(world.dying.isEmpty());
  }

  /// Whatever happens in whatever order: nothing throws, the server comes back after every crash,
  /// and a shutdown ends it.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void anyOrderOfEventsEndsWell(long seed) {
    Random random = new Random(seed);
    for (int run = 0; run < 500; run++) {
      World world = new World(true);
      for (int step = 0; step < 40 && world.exitCode < 0; step++) {
        randomStep(world, random);
      }
      if (world.exitCode < 0) {
        world.carryOut(world.machine.shutdownRequested(ShutdownMode.IMMEDIATE));
        world.settle(random);
      }
      assertTrue(world.exitCode >= 0, "seed " + seed + " run " + run + " " + world.states);
      assertTrue(world.alive.isEmpty());
    }
  }

  private static void randomStep(World world, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> {
        if (world.machine.canAcceptConnections() == CanAcceptConnections.OK) {
          int pid = world.fork(ProcessType.CLIENT_BACKEND);
          if (random.nextInt(4) == 0) {
            world.alive.put(pid, ProcessType.WAL_SENDER);
            world.carryOut(world.machine.becameWalSender(pid));
          }
        }
      }
      case 1, 2 -> randomExit(world, random);
      case 3 -> {
        if (random.nextInt(10) == 0) {
          ShutdownMode[] modes = ShutdownMode.values();
          world.carryOut(world.machine.shutdownRequested(modes[random.nextInt(modes.length)]));
        }
      }
      case 4 -> world.carryOut(world.machine.autovacuumWorkerWanted());
      case 5 -> world.carryOut(world.machine.killRecalcitrant());
      default -> {
        if (world.startAfterMs >= 0) {
          world.startAnew();
        } else if (world.alive.containsValue(ProcessType.STARTUP) && world.dying.isEmpty()) {
          world.exit(ProcessType.STARTUP, ExitStatus.OK);
        } else if (!world.dying.isEmpty()) {
          int pid = world.dying.keySet().iterator().next();
          world.exitAsTold(pid);
        }
      }
    }
  }

  private static void randomExit(World world, Random random) {
    List<Integer> pids = List.copyOf(world.alive.keySet());
    if (pids.isEmpty()) {
      return;
    }
    int pid = pids.get(random.nextInt(pids.size()));
    if (world.alive.get(pid) == ProcessType.STARTUP) {
      return;
    }
    ExitStatus planned = world.dying.get(pid);
    boolean crash = random.nextInt(3) == 0;
    world.exit(pid, crash ? ExitStatus.killed(null) : planned == null ? ExitStatus.OK : planned);
  }
}
