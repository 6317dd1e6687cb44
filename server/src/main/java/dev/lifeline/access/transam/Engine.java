package dev.lifeline.access.transam;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.RecoveryConfig;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.file.TempFile;
import dev.lifeline.storage.file.UnsyncedDisk;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.ProcArray;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.lmgr.XidOwners;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import io.vertx.core.Future;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The parts of one generation of the storage and how they are brought up: what
/// [dev.lifeline.access.SharedMemory] shows to the other rooms.
public final class Engine {
  private final EngineConfig config;
  private final EngineEnvironment environment;
  private final Disk disk;
  private final Smgr smgr;
  private final Wal wal;
  private final BufferPool pool;
  private final Clog clog;
  private final ProcArray procs;
  private final Numbers numbers;
  private final RelationStorage storage;
  private final Transactions transactions;
  private final TransamRedo transam;
  private final LockManager locks;
  private final Counters counters;

  private final @Nullable ResourceManager[] managers = new ResourceManager[Rmgr.COUNT];
  private volatile EngineConfig settings;
  private @Nullable ControlFile control;
  private RecoveryConfig recoveryConfig = RecoveryConfig.NONE;
  private final ReplayControl replay = new ReplayControl();
  private volatile @Nullable RestartPoints restartPoints;
  private volatile @Nullable Checkpoints checkpoints;
  private volatile @Nullable Backups backups;
  private @Nullable Supplier<Future<List<String>>> afterRedo;
  private volatile @Nullable CheckpointProcess checkpointer;
  private volatile boolean recovered;
  private ReplicationState replication = ReplicationState.NONE;

  /// Makes an empty one; nothing is read yet.
  public Engine(EngineConfig config, EngineEnvironment environment, List<ResourceManager> others) {
    this.config = config;
    this.settings = config;
    this.environment = environment;
    counters = new Counters(environment.clock()::epochMicros);
    disk = config.fsync() ? environment.disk() : new UnsyncedDisk(environment.disk());
    smgr = new Smgr(disk, environment.clock(), environment.wakeup());
    wal = new Wal(config.fullPageWrites(), counters, new Subject("startup", 0));
    pool = new BufferPool(config.sharedBuffers(), smgr, wal, environment.wakeup(), counters);
    wal.attach(pool);
    wal.setCompression(config.walCompression());
    clog = new Clog(disk, environment.wakeup(), wal, smgr.syncs());
    procs = new ProcArray(environment.wakeup());
    numbers = new Numbers(wal);
    storage = new RelationStorage(pool, smgr, wal, environment.wakeup());
    transactions =
        new Transactions(
            procs,
            clog,
            wal,
            numbers,
            storage,
            counters,
            environment.clock(),
            environment.emitter());
    locks = new LockManager(environment.clock(), environment.emitter());
    locks.xidOwners(new RunningOwners(procs));
    transam = new TransamRedo(clog, smgr, storage);
    transam.managers().forEach(this::register);
    others.forEach(this::register);
  }

  private void register(ResourceManager manager) {
    if (managers[manager.id()] != null) {
      throw new IllegalStateException("two resource managers with ID " + manager.id());
    }
    managers[manager.id()] = manager;
  }

  /// What replication keeps; to be given before [#recover].
  public void setReplication(ReplicationState state) {
    replication = state;
    transactions.setReplication(state);
    transam.setReplication(state);
  }

  /// What an archive recovery needs; to be given before [#recover].
  public void setRecovery(RecoveryConfig newConfig) {
    recoveryConfig = newConfig;
  }

  public Future<Void> shutDownInRecovery() {
    ControlFile file = control;
    if (file == null
        || file.current().state() != ControlData.State.IN_ARCHIVE_RECOVERY
        || !replay.isInRecovery()) {
      return Future.succeededFuture();
    }
    RestartPoints restarts = restartPoints;
    Future<Void> done = restarts == null ? Future.succeededFuture() : restarts.shutDown();
    return done.compose(ignored ->
        file.update(data -> data.withState(ControlData.State.SHUT_DOWN_IN_RECOVERY, now())));
  }

  public ReplayControl replay() {
    return replay;
  }

  /// The startup process's work.
  public Future<RecoveryReport> recover(Subject startup, RecoveryListener listener) {
    wal.setSubject(startup);
    return ControlFile.open(disk)
        .compose(file -> recover(file, startup, listener))
        .onSuccess(report -> {
          replay.end();
          recovered = true;
        });
  }

  private Future<RecoveryReport> recover(
      ControlFile file, Subject startup, RecoveryListener listener) {
    control = file;
    ControlData found = file.current();
    listener.found(found);
    boolean clean = found.state() == ControlData.State.SHUT_DOWN;
    WalFiles files = files(file, found.timeline());
    WalArchive archive =
        new WalArchive(
            disk,
            environment,
            recoveryConfig,
            found.walSegmentSize(),
            startup,
            listener,
            () -> file.current().redoSegment());
    Future<Void> synced =
        clean ? Future.succeededFuture() : Recovery.syncDataDirectory(disk, files);
    return synced
        .compose(ignored -> Recovery.removeTemporarySegments(disk))
        .compose(ignored -> TempFile.removeAll(disk))
        .compose(ignored -> replication.startup())
        .compose(
            ignored -> RecoverySource.find(disk, recoveryConfig, file.current(), archive, listener))
        .compose(source -> {
          ArchiveRecovery replayed =
              new ArchiveRecovery(
                  disk,
                  source,
                  file,
                  archive,
                  replay,
                  listener,
                  event -> environment.emitter().emit(startup, event));
          return redo(file, replayed, startup, listener);
        });
  }

  private Future<RecoveryReport> redo(
      ControlFile file, ArchiveRecovery archive, Subject startup, RecoveryListener listener) {
    RestartPoints restarts = restartPoints(file, archive, startup);
    restartPoints = restarts;
    Recovery recovery =
        new Recovery(
            environment,
            file,
            archive,
            restarts,
            pool,
            transam,
            managers,
            startup,
            listener,
            () -> settings.redo(),
            counters.recoveryPrefetch);
    wal.beginRedo(file.current().redoLsn(), archive);
    TimelineSwitch timelines =
        new TimelineSwitch(
            disk, archive, file, environment.emitter(), startup, config.archiveMode());
    TimelineHistory history = archive.source().history();
    return recovery
        .run()
        .compose(end -> {
          int old = end.redone() ? archive.timelineRead(end.endLsn()) : history.timeline();
          if (!archive.source().requested()) {
            return open(file, files(file, history.timeline()), recovery, end, startup, listener);
          }
          return timelines
              .run(old, end.endLsn())
              .compose(timeline ->
                  file.update(data -> data.withIncarnation(end.incarnation() + 1))
                      .compose(ignored ->
                          open(file, files(file, timeline), recovery, end, startup, listener))
                      .compose(report ->
                          timelines
                              .cleanUp(recoveryConfig, old, timeline, end.endLsn())
                              .map(report)));
        });
  }

  private RestartPoints restartPoints(ControlFile file, ArchiveRecovery archive, Subject startup) {
    return new RestartPoints(
        new RestartPoints.Parts(
            pool,
            smgr,
            clog,
            files(file, file.current().timeline()),
            file,
            counters,
            replication,
            () -> recoveryConfig.commands().get().cleanup()),
        environment,
        archive,
        () -> settings,
        () -> carrier(startup));
  }

  private CheckpointProcess carrier(Subject startup) {
    CheckpointProcess process = checkpointer;
    return process == null ? CheckpointProcess.inline(startup) : process;
  }

  private WalFiles files(ControlFile file, int timeline) {
    return new WalFiles(
        disk.dedicated(),
        disk,
        timeline,
        file.current().walSegmentSize(),
        config.archiveMode(),
        () -> settings.walInitZero());
  }

  private long now() {
    return environment.clock().epochMicros();
  }

  /// The end of the WAL is known: from here on it is written again.
  private Future<RecoveryReport> open(
      ControlFile file,
      WalFiles files,
      Recovery recovery,
      Recovery.End end,
      Subject startup,
      RecoveryListener listener) {
    ControlData data = file.current();
    WalBuffers buffers =
        new WalBuffers(
            wal.arena(),
            config.walBuffers(),
            files.timeline(),
            data.systemIdentifier(),
            data.walSegmentSize(),
            data.incarnation(),
            end.endLsn(),
            end.lastRecordLsn(),
            end.redoLsn());
    WalFlusher flusher =
        new WalFlusher(
            buffers,
            files,
            environment.wakeup(),
            environment.clock(),
            environment.emitter(),
            environment.panic(),
            counters,
            new CommitDelay(),
            wal.subject());
    wal.open(buffers, flusher);
    procs.start(transam.nextXid());
    clog.advanceOldestXid(transam.oldestXid());
    numbers.start(transam.nextRelNumber(), transam.nextOid());
    Checkpoints made =
        new Checkpoints(
            new Checkpoints.Parts(
                pool, smgr, wal, files, clog, procs, numbers, storage, file, counters, replication),
            environment,
            config,
            carrier(startup),
            end.redoLsn());
    checkpoints = made;
    backups = new Backups(disk, wal, files, environment.clock(), this::checkpoint);
    RecoveryReport report =
        new RecoveryReport(
            end.redone(),
            end.redone() ? end.redoLsn() : 0,
            end.endLsn(),
            end.records(),
            end.nanos() / 1e9);
    return clog.start(transam.nextXid())
        .compose(ignored -> recovery.cleanUp(storage))
        .compose(ignored -> end.redone() ? removeOrphans(listener) : Future.succeededFuture())
        .compose(ignored -> finish(file, made, end))
        .map(ignored -> report);
  }

  /// What removes the files that only the catalogs can tell to be nobody's; see [#afterRedo].
  private Future<Void> removeOrphans(RecoveryListener listener) {
    Supplier<Future<List<String>>> step = afterRedo;
    return step == null
        ? Future.succeededFuture()
        : step.get()
            .map(removed -> {
              removed.forEach(listener::orphanRemoved);
              return null;
            });
  }

  /// The last part of a recovery, which the rooms above do: removes the files that no catalog
  /// names, and tells which. Transactions can be begun by then, and nobody else does so.
  public void afterRedo(Supplier<Future<List<String>>> step) {
    afterRedo = step;
  }

  /// After redo a checkpoint makes it unnecessary to do it again; without redo it is enough to say
  /// that the cluster is in use.
  private Future<Void> finish(ControlFile file, Checkpoints made, Recovery.End end) {
    if (end.redone()) {
      CheckpointRequest request =
          new CheckpointRequest(CheckpointRequest.Cause.END_OF_RECOVERY, true, true);
      return made.request(request).mapEmpty();
    }
    return file.update(data -> data.withState(ControlData.State.IN_PRODUCTION, now()));
  }

  private Checkpoints checkpoints() {
    return Objects.requireNonNull(checkpoints, "recovery is not over");
  }

  public Future<CheckpointReport> checkpoint(CheckpointRequest request) {
    return checkpoints()
        .request(request)
        .onFailure(cause -> {
          if (cause instanceof PgException e && e.severity() == Severity.PANIC) {
            environment.panic().accept(e);
          }
        });
  }

  public Backups backups() {
    return Objects.requireNonNull(backups, "recovery is not over");
  }

  public LockManager locks() {
    return locks;
  }

  public Counters counters() {
    return counters;
  }

  public long walSinceRedo() {
    Checkpoints made = checkpoints;
    return made == null ? 0 : made.walSinceRedo();
  }

  /// `commit_delay` and `commit_siblings`.
  private final class CommitDelay implements WalFlusher.Delay {
    @Override
    public boolean isWorthwhile() {
      EngineConfig current = settings;
      return current.commitDelayMicros() > 0 && procs.runningCount() > current.commitSiblings();
    }

    @Override
    public void schedule(Runnable flush) {
      environment.timers().schedule(settings.commitDelayMicros() * 1000L, flush);
    }
  }

  /// What the lock manager asks of the process array.
  private record RunningOwners(ProcArray procs) implements XidOwners {
    @Override
    public @Nullable LockOwner ownerOf(long xid) {
      Proc proc = procs.owner(xid);
      return proc == null ? null : proc.lockOwner();
    }

    @Override
    public void forEach(Visitor visitor) {
      for (ProcArray.Running running : procs.running()) {
        LockOwner owner = running.proc().lockOwnerIfAny();
        if (owner != null) {
          visitor.running(running.xid(), owner);
        }
      }
    }

    @Override
    public Future<Void> end(long xid) {
      return procs.xidEnd(xid);
    }
  }

  public boolean isWalFull() {
    return checkpoints().isWalFull();
  }

  public void configure(EngineConfig newConfig) {
    settings = newConfig;
    wal.setCompression(newConfig.walCompression());
    Checkpoints made = checkpoints;
    if (made != null) {
      made.configure(newConfig);
    }
  }

  public void setCheckpointer(CheckpointProcess process) {
    checkpointer = process;
    Checkpoints made = checkpoints;
    if (made != null) {
      made.setProcess(process);
    }
  }

  /// Whether the startup process is done: before that, there are no transactions and no checkpoints
  /// but its own.
  public boolean isRecovered() {
    return recovered;
  }

  public Future<Void> abandon() {
    Checkpoints made = checkpoints;
    if (made != null) {
      made.abandon();
    }
    RestartPoints restarts = restartPoints;
    if (restarts != null) {
      restarts.abandon();
    }
    wal.close();
    return disk.abandon()
        .onComplete(result -> {
          pool.close();
          wal.free();
        });
  }

  public ControlData controlData() {
    return Objects.requireNonNull(control, "the control file has not been read").current();
  }

  public Smgr smgr() {
    return smgr;
  }

  public BufferPool pool() {
    return pool;
  }

  public Wal wal() {
    return wal;
  }

  public Transactions transactions() {
    return transactions;
  }

  public RelationStorage storage() {
    return storage;
  }
}
