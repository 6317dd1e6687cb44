package dev.lifeline.postmaster;

import dev.lifeline.access.transam.RecoveryEnded;
import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.postmaster.PmAction.CloseDeadEnds;
import dev.lifeline.postmaster.PmAction.CrashDetected;
import dev.lifeline.postmaster.PmAction.Exit;
import dev.lifeline.postmaster.PmAction.Fork;
import dev.lifeline.postmaster.PmAction.ForkAfter;
import dev.lifeline.postmaster.PmAction.KillAfter;
import dev.lifeline.postmaster.PmAction.Log;
import dev.lifeline.postmaster.PmAction.ResetSharedMemory;
import dev.lifeline.postmaster.PmAction.Signal;
import dev.lifeline.postmaster.PmAction.StartAfter;
import dev.lifeline.postmaster.PmAction.StateChanged;
import dev.lifeline.tcop.CanAcceptConnections;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// What the postmaster does when something happens: pure, so that every path can be tested.
///
/// Each method takes one thing that happened and returns what is to be done about it. Whoever
/// carries out a [Fork] tells the new process's pid by [#forked].
final class PostmasterStateMachine {
  /// Children that do not end within this time of a SIGQUIT are killed.
  static final long SIGKILL_CHILDREN_AFTER_MS = 5000;

  private static final Set<ProcessType> WORKERS =
      EnumSet.of(
          ProcessType.BACKGROUND_WRITER,
          ProcessType.WAL_WRITER,
          ProcessType.AUTOVACUUM_LAUNCHER,
          ProcessType.LOGICAL_REPLICATION_LAUNCHER);

  /// Those whose end PM_WAIT_BACKENDS does not wait for in an orderly shutdown: they end last.
  /// Walsenders are ended by the checkpointer, when all who write WAL are gone: what those have
  /// committed is sent.
  private static final Set<ProcessType> LAST =
      EnumSet.of(
          ProcessType.CHECKPOINTER,
          ProcessType.WAL_SENDER,
          ProcessType.ARCHIVER,
          ProcessType.STATS_COLLECTOR);

  private final Map<Integer, ProcessType> children = new LinkedHashMap<>();

  /// Process types that are to run in PM_RUN.
  private final Set<ProcessType> wanted;

  private final BooleanSupplier autovacuum;
  private final BooleanSupplier restartAfterCrash;
  private final CrashBackoff backoff;
  private PmState state = PmState.PM_INIT;
  private @Nullable ShutdownMode shutdown;
  private boolean fatalError;

  /// Whether all that the crash touched has gone, and a recovery from it is under way.
  private boolean reinitialized;

  /// Whether the WAL is being repeated: a crash is over, and the next one is another.
  private boolean redoing;

  private boolean startupFailed;

  private final RestartInterval archiverStarts;

  /// Whether it has to wait before it starts anew.
  private boolean waitingToStart;

  private List<PmAction> actions = new ArrayList<>();

  /// @param autovacuum whether there is to be a launcher, which a reload may change
  /// @param backoff holds back a server that crashes all the time
  /// @param archiverStarts holds back an archiver whose command ends it all the time
  PostmasterStateMachine(
      BooleanSupplier autovacuum,
      boolean archiver,
      BooleanSupplier restartAfterCrash,
      CrashBackoff backoff,
      RestartInterval archiverStarts) {
    this.autovacuum = autovacuum;
    this.restartAfterCrash = restartAfterCrash;
    this.archiverStarts = archiverStarts;
    this.backoff = backoff;
    wanted =
        EnumSet.of(
            ProcessType.CHECKPOINTER,
            ProcessType.BACKGROUND_WRITER,
            ProcessType.WAL_WRITER,
            ProcessType.STATS_COLLECTOR,
            ProcessType.AUTOVACUUM_LAUNCHER,
            ProcessType.LOGICAL_REPLICATION_LAUNCHER);
    if (archiver) {
      wanted.add(ProcessType.ARCHIVER);
    }
  }

  PmState state() {
    return state;
  }

  @Nullable ShutdownMode shutdown() {
    return shutdown;
  }

  boolean recoveringFromCrash() {
    return fatalError;
  }

  /// Whether a new connection may become a session.
  CanAcceptConnections canAcceptConnections() {
    if (shutdown != null) {
      return CanAcceptConnections.SHUTDOWN;
    }
    if (state == PmState.PM_RUN) {
      return CanAcceptConnections.OK;
    }
    if (fatalError) {
      return CanAcceptConnections.RECOVERY;
    }
    return redoing ? CanAcceptConnections.NOT_CONSISTENT : CanAcceptConnections.STARTUP;
  }

  /// Shared memory is there, for the first time: begin.
  List<PmAction> start() {
    enter(PmState.PM_STARTUP);
    forkForStartup();
    return take();
  }

  /// The checkpointer is there before the startup process, whose redo ends with a checkpoint.
  private void forkForStartup() {
    actions.add(new Fork(ProcessType.CHECKPOINTER));
    actions.add(new Fork(ProcessType.BACKGROUND_WRITER));
    actions.add(new Fork(ProcessType.STARTUP));
  }

  /// A process was forked.
  void forked(int pid, ProcessType type) {
    if (children.put(pid, type) != null) {
      throw new IllegalStateException("pid " + pid + " is in use");
    }
  }

  /// A backend turns out to serve a replication connection: it is no client that a smart shutdown
  /// waits for, and ends after all others.
  List<PmAction> becameWalSender(int pid) {
    children.replace(pid, ProcessType.WAL_SENDER);
    return advance();
  }

  /// Whether the process is one that the postmaster waits for.
  boolean knows(int pid) {
    return children.containsKey(pid);
  }

  /// A process is gone.
  List<PmAction> exited(int pid, ExitStatus status) {
    return exited(pid, status, null);
  }

  /// As [#exited(int, ExitStatus)].
  ///
  /// @param activity the statement that it was running
  List<PmAction> exited(int pid, ExitStatus status, @Nullable String activity) {
    ProcessType type = children.remove(pid);
    if (type == null) {
      throw new IllegalStateException("no process " + pid);
    }
    switch (type.onExit()) {
      case ENDS_STARTUP -> startupExited(pid, status);
      case CRASH_UNLESS_SHUTDOWN -> {
        if (status.code() == 0 && status.signal() == 0 && state == PmState.PM_SHUTDOWN) {
          enter(PmState.PM_SHUTDOWN_2);
          signalAll(LAST, ProcessSignal.SIGUSR2, "shutdown checkpoint completed");
        } else {
          crashed(pid, type, status, activity);
        }
      }
      case RESTART -> {
        if (!status.inGoodOrder()) {
          crashed(pid, type, status, activity);
        } else if (status.code() != 0 && type == ProcessType.LOGICAL_REPLICATION_LAUNCHER) {
          actions.add(new Log(type.logName() + " (PID " + pid + ") " + status.words()));
        }
      }
      case NOTHING -> {
        if (!status.inGoodOrder()) {
          crashed(pid, type, status, activity);
        } else if (status.code() != 0 && type == ProcessType.LOGICAL_REPLICATION_WORKER) {
          actions.add(new Log(type.logName() + " (PID " + pid + ") " + status.words()));
        }
      }
      case IS_THE_SERVER -> throw new IllegalStateException("the postmaster is its own");
    }
    return advance();
  }

  /// Somebody wants the server to end. A more urgent wish replaces an earlier one.
  List<PmAction> shutdownRequested(ShutdownMode mode) {
    if (shutdown != null && shutdown.compareTo(mode) >= 0) {
      return List.of();
    }
    shutdown = mode;
    actions.add(new Log("received " + mode.name().toLowerCase(Locale.ROOT) + " shutdown request"));
    switch (mode) {
      case SMART -> {}
      case FAST -> {
        if (state == PmState.PM_STARTUP || state == PmState.PM_RUN) {
          if (state == PmState.PM_RUN) {
            actions.add(new Log("aborting any active transactions"));
          }
          enter(PmState.PM_STOP_BACKENDS);
        }
      }
      case IMMEDIATE -> quitAll("immediate shutdown");
    }
    if (waitingToStart) {
      waitingToStart = false;
      noChildren();
      return take();
    }
    return advance();
  }

  /// The configuration has been read again: it may want processes that are not there. Those that it
  /// does not want any more end by themselves.
  List<PmAction> configurationReloaded() {
    return advance();
  }

  /// Somebody must look for tables with old xids, though autovacuum is off.
  List<PmAction> autovacuumLauncherWanted() {
    return state == PmState.PM_RUN
            && shutdown == null
            && !children.containsValue(ProcessType.AUTOVACUUM_LAUNCHER)
        ? List.of(new Fork(ProcessType.AUTOVACUUM_LAUNCHER))
        : List.of();
  }

  /// The autovacuum launcher asks for a worker.
  List<PmAction> autovacuumWorkerWanted() {
    return state == PmState.PM_RUN && shutdown == null
        ? List.of(new Fork(ProcessType.AUTOVACUUM_WORKER))
        : List.of();
  }

  /// Somebody who replicates asks for a worker.
  List<PmAction> logicalReplicationWorkerWanted() {
    return state == PmState.PM_RUN && shutdown == null
        ? List.of(new Fork(ProcessType.LOGICAL_REPLICATION_WORKER))
        : List.of();
  }

  /// The time of a [KillAfter] has come.
  List<PmAction> killRecalcitrant() {
    boolean quitting = endsByCrash() || shutdown == ShutdownMode.IMMEDIATE;
    if (quitting && !children.isEmpty() && state.compareTo(PmState.PM_WAIT_BACKENDS) >= 0) {
      actions.add(new Log("issuing SIGKILL to recalcitrant children"));
      signalAll(EnumSet.allOf(ProcessType.class), ProcessSignal.SIGKILL, "did not end in time");
    }
    return take();
  }

  /// The time of a [StartAfter] has come.
  List<PmAction> startAnew() {
    if (waitingToStart) {
      waitingToStart = false;
      reinitialize();
    }
    return take();
  }

  /// The startup process has found out that there is WAL to repeat, and begins.
  List<PmAction> recoveryStarted() {
    if (state == PmState.PM_STARTUP) {
      fatalError = false;
      reinitialized = false;
      redoing = true;
    }
    return take();
  }

  private void startupExited(int pid, ExitStatus status) {
    redoing = false;
    if (status.code() == 0 && status.signal() == 0) {
      if (state == PmState.PM_STARTUP) {
        fatalError = false;
        reinitialized = false;
        backoff.running();
        enter(PmState.PM_RUN);
        forkMissing();
        actions.add(new Log("database system is ready to accept connections"));
      }
      return;
    }
    if (status.code() == RecoveryEnded.AT_TARGET && state == PmState.PM_STARTUP) {
      actions.add(new Log("shutdown at recovery target"));
      shutdown = shutdown == null ? ShutdownMode.SMART : shutdown;
      enter(PmState.PM_STOP_BACKENDS);
      return;
    }
    boolean told = shutdown != null || state != PmState.PM_STARTUP;
    if (told && status.signal() == 0) {
      return;
    }
    actions.add(new Log("startup process (PID " + pid + ") " + status.words()));
    actions.add(new Log("terminating any other active server processes"));
    startupFailed = true;
    quitAll("startup process failure");
  }

  private void crashed(int pid, ProcessType type, ExitStatus status, @Nullable String activity) {
    if (fatalError || startupFailed || shutdown == ShutdownMode.IMMEDIATE) {
      // It was told to quit, and did.
      return;
    }
    fatalError = true;
    backoff.crashed();
    actions.add(new CrashDetected(pid, type, status));
    String detail = activity == null ? null : "Failed process was running: " + activity;
    actions.add(new Log(type.logName() + " (PID " + pid + ") " + status.words(), detail));
    actions.add(new Log("terminating any other active server processes"));
    quitAll("crash of another server process");
  }

  private void quitAll(String reason) {
    if (state.compareTo(PmState.PM_WAIT_BACKENDS) != 0
        && state.next().contains(PmState.PM_WAIT_BACKENDS)) {
      enter(PmState.PM_WAIT_BACKENDS);
    }
    signalAll(EnumSet.allOf(ProcessType.class), ProcessSignal.SIGQUIT, reason);
    if (!children.isEmpty()) {
      actions.add(new KillAfter(SIGKILL_CHILDREN_AFTER_MS));
    }
  }

  /// Goes on as far as those who are left allow.
  private List<PmAction> advance() {
    if (state == PmState.PM_RUN
        && shutdown == ShutdownMode.SMART
        && !children.containsValue(ProcessType.CLIENT_BACKEND)) {
      enter(PmState.PM_STOP_BACKENDS);
    }
    if (state == PmState.PM_STARTUP && shutdown == ShutdownMode.SMART) {
      enter(PmState.PM_STOP_BACKENDS);
    }
    if (state == PmState.PM_STOP_BACKENDS) {
      stopBackends();
    }
    if (state == PmState.PM_WAIT_BACKENDS) {
      waitBackends();
    }
    if (state == PmState.PM_SHUTDOWN_2 && children.isEmpty()) {
      enter(PmState.PM_WAIT_DEAD_END);
    }
    if (state == PmState.PM_WAIT_DEAD_END && children.isEmpty()) {
      enter(PmState.PM_NO_CHILDREN);
      noChildren();
    }
    if (state == PmState.PM_RUN) {
      forkMissing();
    }
    return take();
  }

  /// Forks what should run and does not.
  private void forkMissing() {
    if (shutdown != null) {
      return;
    }
    for (ProcessType type : wanted) {
      boolean underWay =
          actions.stream().anyMatch(a -> a instanceof Fork(ProcessType forked) && forked == type);
      if (!children.containsValue(type) && !underWay && mayStart(type)) {
        actions.add(new Fork(type));
      }
    }
  }

  private boolean mayStart(ProcessType type) {
    if (type == ProcessType.AUTOVACUUM_LAUNCHER) {
      return autovacuum.getAsBoolean();
    }
    if (type != ProcessType.ARCHIVER) {
      return true;
    }
    long wait = archiverStarts.start();
    if (wait > 0) {
      actions.add(new ForkAfter(wait));
    }
    return wait == 0;
  }

  /// The time of a [ForkAfter] has come.
  List<PmAction> forkLate() {
    archiverStarts.waited();
    return advance();
  }

  private void stopBackends() {
    enter(PmState.PM_WAIT_BACKENDS);
    Set<ProcessType> told =
        EnumSet.of(
            ProcessType.STARTUP,
            ProcessType.AUTOVACUUM_WORKER,
            ProcessType.LOGICAL_REPLICATION_WORKER,
            ProcessType.CLIENT_BACKEND);
    told.addAll(WORKERS);
    signalAll(told, ProcessSignal.SIGTERM, "shutdown");
  }

  private void waitBackends() {
    if (endsByCrash() || startupFailed || shutdown == ShutdownMode.IMMEDIATE) {
      if (children.isEmpty()) {
        enter(PmState.PM_WAIT_DEAD_END);
      }
      return;
    }
    if (!LAST.containsAll(children.values())) {
      return;
    }
    if (children.containsValue(ProcessType.CHECKPOINTER)) {
      enter(PmState.PM_SHUTDOWN);
      signalAll(EnumSet.of(ProcessType.CHECKPOINTER), ProcessSignal.SIGUSR2, "shutdown");
    } else {
      // The shutdown came before there was anything to write.
      signalAll(LAST, ProcessSignal.SIGUSR2, "shutdown");
      if (children.isEmpty()) {
        enter(PmState.PM_WAIT_DEAD_END);
      }
    }
  }

  private void noChildren() {
    actions.add(new CloseDeadEnds());
    if (shutdown != null) {
      actions.add(
          new Log(
              endsByCrash()
                  ? "abnormal database system shutdown"
                  : "database system is shut down"));
      actions.add(new Exit(endsByCrash() ? 1 : 0));
    } else if (startupFailed) {
      actions.add(new Log("shutting down due to startup process failure"));
      actions.add(new Log("database system is shut down"));
      actions.add(new Exit(1));
    } else if (!restartAfterCrash.getAsBoolean()) {
      actions.add(new Log("shutting down because restart_after_crash is off"));
      actions.add(new Log("database system is shut down"));
      actions.add(new Exit(1));
    } else if (backoff.delayMs() == 0) {
      reinitialize();
    } else {
      actions.add(
          new Log(
              "server has crashed %d times in a row; waiting %d ms before reinitializing"
                  .formatted(backoff.crashes(), backoff.delayMs()),
              "It has not run for %d seconds without a crash."
                  .formatted(CrashBackoff.STEADY_NANOS / 1_000_000_000)));
      waitingToStart = true;
      actions.add(new StartAfter(backoff.delayMs()));
    }
  }

  /// Whether the processes that are left, if any, end because of a crash. Those that were forked
  /// after it end as others do, also when the recovery is not over.
  private boolean endsByCrash() {
    return fatalError && !reinitialized;
  }

  private void reinitialize() {
    reinitialized = true;
    archiverStarts.forget();
    actions.add(new Log("all server processes terminated; reinitializing"));
    actions.add(new ResetSharedMemory());
    enter(PmState.PM_STARTUP);
    forkForStartup();
  }

  private void signalAll(Set<ProcessType> types, ProcessSignal signal, String reason) {
    children.forEach((pid, type) -> {
      if (types.contains(type)) {
        actions.add(new Signal(pid, signal, reason));
      }
    });
  }

  private void enter(PmState next) {
    if (!state.next().contains(next)) {
      throw new IllegalStateException(state + " -> " + next);
    }
    actions.add(new StateChanged(state, next));
    state = next;
  }

  private List<PmAction> take() {
    List<PmAction> taken = actions;
    actions = new ArrayList<>();
    return taken;
  }
}
