package dev.lifeline.postmaster;

import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.events.PostmasterEvent;
import dev.lifeline.events.PostmasterEvent.ShutdownMode;
import dev.lifeline.events.ProcessEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.tcop.CanAcceptConnections;
import dev.lifeline.utils.activity.ProcessStatus;
import dev.lifeline.utils.activity.ServerFiles;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import dev.lifeline.utils.guc.Gucs;
import dev.lifeline.utils.guc.ServerConfig;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.net.SocketAddress;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Supplier;

/// The supervisor: carries out what [PostmasterStateMachine] decides, keeps the process table, and
/// tells the event log of it all.
///
/// One thing at a time: what happens is queued and handled when the actions of what happened before
/// are done, because one of them (throwing shared memory away) takes its time. Belongs to the
/// postmaster's event loop; [#submit] may be called from any thread.
final class Postmaster implements ServerControl {
  private final PostmasterEnvironment env;
  private final Subject subject;
  private final PostmasterLog log;
  private final LogCollection logCollection;
  private final ServerParameters parameters;
  private final Drills drills;
  private final Generations generations;
  private final PostmasterStateMachine machine;
  private final ProcessTable table;
  private final Children children;
  private final ConnectionSlots slots;
  private final AutovacuumWorkers autovacuumWorkers = new AutovacuumWorkers();
  private final WraparoundWatch wraparound;
  private final Promise<Integer> exited = Promise.promise();
  private final Promise<Void> ready = Promise.promise();
  private final Deque<Input> inputs = new ArrayDeque<>();
  private final long startedNanos;
  private final long startedMicros;

  private boolean busy;
  private boolean exiting;

  /// What new processes get. Read by the acceptors on their own event loops.
  private volatile Admission admission;

  /// The first TCP address that is listened on; empty where there is none.
  private volatile String serverAddress = "";

  /// Whether a connection is taken, and the shared memory that it would work with: together,
  /// because a session must never begin on a generation that is being thrown away.
  record Admission(CanAcceptConnections canAccept, Generation generation) {}

  /// Something that happened.
  ///
  /// @param cause the event that tells of it
  private record Input(Supplier<List<PmAction>> decision, long cause) {}

  Postmaster(PostmasterEnvironment env, Forker forker, ProcessTable table) {
    this.env = env;
    this.table = table;
    this.subject = new Subject(ProcessType.POSTMASTER.backendType(), env.osPid());
    this.startedNanos = env.clock().nanoTime();
    this.startedMicros = env.clock().epochMicros();
    this.log = new PostmasterLog(env.log(), env.osPid(), startedMicros);
    this.parameters = new ServerParameters(env, log);
    this.logCollection =
        new LogCollection(env.log(), log, Path.of(env.dataDirectory()), this::config);
    this.drills = new Drills(env.emitter(), table);
    ServerConfig config = parameters.config();
    this.slots = new ConnectionSlots(Math.toIntExact(config.get(Gucs.MAX_CONNECTIONS)));
    this.wraparound =
        new WraparoundWatch(
            env.timers(), this::config, this::generation, this::forkEmergencyLauncher);
    this.machine =
        new PostmasterStateMachine(
            () -> config().get(Gucs.AUTOVACUUM) && config().get(Gucs.TRACK_COUNTS),
            !config.get(Gucs.ARCHIVE_MODE).equals("off"),
            () -> config().get(Gucs.RESTART_AFTER_CRASH),
            new CrashBackoff(env.clock()::nanoTime),
            new RestartInterval(env.clock()::nanoTime));
    this.generations = new Generations(env, this::config, table, log, this);
    this.admission = new Admission(CanAcceptConnections.STARTUP, generations.create());
    this.children = new Children(env, forker, table, this);
  }

  ServerConfig config() {
    return parameters.config();
  }

  ConnectionSlots slots() {
    return slots;
  }

  Admission admission() {
    return admission;
  }

  PmState state() {
    return machine.state();
  }

  Generation generation() {
    return admission.generation();
  }

  /// Completes with the exit code when the server has ended.
  Future<Integer> exited() {
    return exited.future();
  }

  /// Completes when sessions are accepted for the first time; fails when the server ends before.
  Future<Void> ready() {
    return ready.future();
  }

  void log(String message) {
    log.say(message);
  }

  long emit(PostmasterEvent event, long cause) {
    return env.emitter().emit(subject, event, cause);
  }

  /// Tells the logs of the start, and whom the last run left behind.
  ///
  /// @param lost the processes that were alive when the last run was killed
  /// @param lastSequence the last event of that run
  /// @return the event of the start
  long tellOfStart(List<Subject> lost, long lastSequence) {
    String serverVersion = config().get(Gucs.SERVER_VERSION);
    long started =
        emit(
            new PostmasterEvent.Started(
                env.version(), serverVersion, env.dataDirectory(), env.osPid()),
            0);
    for (Subject gone : lost) {
      env.emitter().emit(gone, new ProcessEvent.Lost(env.osPid(), lastSequence), lastSequence);
    }
    emit(parameters.loaded(), started);
    return started;
  }

  /// Before anything else: from here on the log goes where the configuration wants it. Completes
  /// when it does.
  ///
  /// @param cause the event of the postmaster's start
  Future<Void> startLog(long cause) {
    return logCollection.start(started -> children.fork(ProcessType.SYSLOGGER, cause, started));
  }

  LogCollection logCollection() {
    return logCollection;
  }

  /// `pg_rotate_logfile`, from any thread: false where there are no files.
  boolean rotateLog() {
    env.timers().execute(logCollection::rotate);
    return logCollection.hasFiles();
  }

  /// The first line of the log.
  void sayStarting() {
    log("starting PostgreSQL " + config().get(Gucs.SERVER_VERSION));
    log.sayIgnored(config());
  }

  /// Begins: shared memory is there, the sockets are open.
  ///
  /// @param cause the event of the postmaster's start
  void start(long cause) {
    log.sayMisconfigured(config());
    long memory = emit(generations.initialized(), cause);
    submit(machine::start, memory);
  }

  void shutdown(ShutdownMode mode, String requestedBy) {
    env.timers()
        .execute(() ->
            submit(
                () -> machine.shutdownRequested(mode),
                emit(new PostmasterEvent.ShutdownRequested(mode, requestedBy), 0)));
  }

  /// As [#reload], from any thread.
  void requestReload() {
    env.timers().execute(this::reload);
  }

  long startTimeMicros() {
    return startedMicros;
  }

  long configurationLoadTimeMicros() {
    return parameters.loadedMicros();
  }

  String serverAddress() {
    return serverAddress;
  }

  /// A client was sent away at the door; from any thread.
  void refused(PgException refusal) {
    log.report(refusal);
  }

  /// Clients can connect here.
  void listening(SocketAddress address, long cause) {
    boolean tcp = address.isInetSocket();
    if (tcp && serverAddress.isEmpty()) {
      serverAddress = address.host();
    }
    log("listening on " + ListenAddress.describe(address));
    emit(
        new PostmasterEvent.Listening(
            tcp ? address.host() : address.path(), Math.max(0, address.port())),
        cause);
  }

  /// A client cannot connect here, and why.
  void notListening(PgException refused) {
    log.report(refused);
  }

  /// Reads the configuration again, and hands it on.
  void reload() {
    parameters.reload(event -> {
      long told = emit(event, 0);
      for (ProcessTable.Entry entry : table.all()) {
        entry.handle().signal(ProcessSignal.SIGHUP, false);
      }
      submit(machine::configurationReloaded, told);
    });
  }

  /// A backend was forked by an acceptor, for a client that may become a session.
  void backendForked(ProcessTable.Entry entry) {
    env.timers()
        .execute(() -> {
          if (machine.canAcceptConnections() == CanAcceptConnections.OK) {
            machine.forked(entry.pid(), entry.type());
          } else {
            // It was forked while the others were told to go; it belongs to no generation.
            children.tell(entry, ProcessSignal.SIGQUIT, "forked too late", entry.forkSequence());
          }
        });
  }

  /// A backend serves a replication connection; from any thread.
  void becameWalSender(int pid) {
    env.timers().execute(() -> submit(() -> machine.becameWalSender(pid), 0));
  }

  /// The last checkpoint is about to be written, and nobody is left who writes WAL: walsenders send
  /// what there is, and end. From any thread; completes when they have.
  Future<Void> stopWalSenders() {
    Promise<Void> ended = Promise.promise();
    env.timers()
        .execute(() -> {
          List<Future<?>> ends = new ArrayList<>();
          for (ProcessTable.Entry entry : table.all()) {
            if (entry.type() == ProcessType.WAL_SENDER
                && entry.handle() instanceof BackendProcess walSender) {
              ends.add(walSender.ended().future());
              children.tell(entry, ProcessSignal.SIGUSR2, "shutdown", 0);
            }
          }
          Future.join(ends).onComplete(all -> ended.complete());
        });
    return ended.future();
  }

  /// A process has ended.
  void processExited(int pid, ExitStatus status) {
    env.timers().execute(() -> handleExit(pid, status));
  }

  Drills drills() {
    return drills;
  }

  /// A checkpoint that somebody beside the SQL asks for.
  Future<Void> requestCheckpoint() {
    if (machine.canAcceptConnections() != CanAcceptConnections.OK) {
      return Future.failedFuture("the server does not accept connections now");
    }
    generation()
        .sharedMemory()
        .checkpoint(CheckpointRequest.requested())
        .onFailure(error -> log("checkpoint request failed: " + error.getMessage()));
    return Future.succeededFuture();
  }

  private void handleExit(int pid, ExitStatus reported) {
    ProcessTable.Entry entry = table.remove(pid);
    if (entry == null) {
      return;
    }
    slots.release(pid);
    ExitStatus status =
        entry.drill() && !reported.inGoodOrder() ? ExitStatus.killed(reported.error()) : reported;
    log.defect(entry.type().logName(), pid, status);
    // One that the machine does not know was forked too late, and told to go.
    boolean told =
        machine.recoveringFromCrash() || machine.shutdown() != null || !machine.knows(pid);
    long sequence = children.ended(entry, status, told);
    if (machine.knows(pid)) {
      submit(() -> machine.exited(pid, status, children.activity(entry)), sequence);
    } else if (entry.type() == ProcessType.SYSLOGGER && !exiting) {
      log(entry.type().logName() + " (PID " + pid + ") " + status.words());
      children.fork(ProcessType.SYSLOGGER, sequence, Promise.promise());
    }
  }

  /// Decides about something that happened, and carries it out, when its turn has come.
  private void submit(Supplier<List<PmAction>> decision, long cause) {
    inputs.add(new Input(decision, cause));
    if (!busy) {
      next();
    }
  }

  private void next() {
    Input input = inputs.poll();
    if (input == null) {
      busy = false;
      return;
    }
    busy = true;
    carryOut(new ArrayDeque<>(input.decision().get()), input.cause())
        .onComplete(done -> {
          if (done.failed()) {
            log("postmaster: " + done.cause().getMessage());
            exited.tryComplete(1);
          }
          next();
        });
  }

  /// Carries out the actions in order. Each is caused by the one before it that is on the event
  /// log.
  private Future<Void> carryOut(Deque<PmAction> actions, long firstCause) {
    long cause = firstCause;
    while (true) {
      PmAction action = actions.poll();
      if (action == null) {
        publish(generation());
        return Future.succeededFuture();
      }
      switch (action) {
        case PmAction.Log line -> log.say(line.message(), line.detail());
        case PmAction.CrashDetected crash -> publish(generation());
        case PmAction.StateChanged(PmState from, PmState to) -> {
          if (to == PmState.PM_RUN) {
            generation().recovered();
          }
          publish(generation());
          cause = emit(new PostmasterEvent.StateChanged(from.name(), to.name()), cause);
          if (to == PmState.PM_RUN) {
            ready.tryComplete();
            wraparound.begin();
          }
        }
        case PmAction.Fork(ProcessType type) -> fork(type, cause);
        case PmAction.Signal(int pid, ProcessSignal signal, String reason) -> {
          ProcessTable.Entry entry = table.get(pid);
          if (entry != null) {
            children.tell(entry, signal, reason, cause);
          }
        }
        case PmAction.KillAfter(long millis) -> later(millis, machine::killRecalcitrant, cause);
        case PmAction.ForkAfter(long millis) -> later(millis, machine::forkLate, cause);
        case PmAction.StartAfter(long millis) -> later(millis, machine::startAnew, cause);
        case PmAction.CloseDeadEnds() -> closeDeadEnds(cause);
        case PmAction.Exit(int code) -> exit(code, cause);
        case PmAction.ResetSharedMemory() -> {
          long because = cause;
          return resetSharedMemory()
              .compose(done -> {
                long memory = emit(generations.initialized(), because);
                return carryOut(actions, memory);
              });
        }
      }
    }
  }

  private void later(long millis, Supplier<List<PmAction>> decision, long cause) {
    env.timers().schedule(millis * 1_000_000, () -> submit(decision, cause));
  }

  private void fork(ProcessType type, long cause) {
    machine.forked(children.fork(type, cause, Promise.promise()), type);
  }

  private void closeDeadEnds(long cause) {
    for (ProcessTable.Entry entry : table.all()) {
      boolean session =
          entry.type() == ProcessType.CLIENT_BACKEND || entry.type() == ProcessType.WAL_SENDER;
      if (session && machine.shutdown() != null) {
        children.tell(entry, ProcessSignal.SIGTERM, "shutdown", cause);
      }
    }
  }

  private Future<Void> resetSharedMemory() {
    autovacuumWorkers.clear();
    Generation old = generation();
    return old.sharedMemory().abandon().onSuccess(done -> publish(generations.create())).mapEmpty();
  }

  @Override
  public List<ProcessStatus> processes() {
    return new ActivityReport(
            table,
            autovacuumWorkers,
            generation().logicalWorkers(),
            env.clock(),
            startedNanos,
            startedMicros)
        .processes();
  }

  @Override
  public ServerFiles files() {
    return env.files();
  }

  @Override
  public int sessionsIn(int databaseOid, int exceptPid) {
    return (int) slots.pidsIn(databaseOid).stream().filter(pid -> pid != exceptPid).count();
  }

  @Override
  public void terminateSessionsIn(int databaseOid, int exceptPid) {
    for (int pid : slots.pidsIn(databaseOid)) {
      ProcessTable.Entry entry = table.get(pid);
      if (entry != null && pid != exceptPid) {
        entry.handle().signal(ProcessSignal.SIGTERM, false);
      }
    }
  }

  /// For a process that is no client's.
  BackendHooks hooks() {
    return new BackendHooks(CanAcceptConnections.OK, this, table, slots);
  }

  Disk disk() {
    return generations.disk();
  }

  /// Whether a process is told to go because another one has crashed.
  boolean recoveringFromCrash() {
    return machine.recoveringFromCrash();
  }

  AutovacuumWorkers autovacuumWorkers() {
    return autovacuumWorkers;
  }

  Future<Integer> shell(String command) {
    return env.shell().apply(command);
  }

  /// Some xid is too old, and autovacuum is off.
  private void forkEmergencyLauncher() {
    submit(machine::autovacuumLauncherWanted, 0);
  }

  /// The startup process begins to repeat the WAL; from any thread.
  void recoveryStarted() {
    env.timers().execute(() -> submit(machine::recoveryStarted, 0));
  }

  /// The autovacuum launcher wants a worker; from any thread.
  void forkAutovacuumWorker(long cause) {
    env.timers().execute(() -> submit(machine::autovacuumWorkerWanted, cause));
  }

  /// Somebody who replicates wants a worker; from any thread.
  void forkLogicalReplicationWorker(long cause) {
    env.timers().execute(() -> submit(machine::logicalReplicationWorkerWanted, cause));
  }

  private void publish(Generation generation) {
    admission = new Admission(machine.canAcceptConnections(), generation);
  }

  private void exit(int code, long cause) {
    exiting = true;
    logCollection.finish();
    double uptimeMs = (env.clock().nanoTime() - startedNanos) / 1e6;
    emit(new PostmasterEvent.Stopped(machine.shutdown(), code, uptimeMs), cause);
    generation()
        .sharedMemory()
        .abandon()
        .onComplete(done -> {
          exited.tryComplete(code);
          ready.tryFail(
              PgException.fatal(SqlState.CANNOT_CONNECT_NOW, "could not start server")
                  .hint("Examine the log output."));
        });
  }
}
