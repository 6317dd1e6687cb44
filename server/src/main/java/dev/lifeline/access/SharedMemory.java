package dev.lifeline.access;

import dev.lifeline.access.transam.Backups;
import dev.lifeline.access.transam.CheckpointProcess;
import dev.lifeline.access.transam.CheckpointReport;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.ControlData;
import dev.lifeline.access.transam.Engine;
import dev.lifeline.access.transam.RecoveryListener;
import dev.lifeline.access.transam.RecoveryReport;
import dev.lifeline.access.transam.RelationStorage;
import dev.lifeline.access.transam.ReplayControl;
import dev.lifeline.access.transam.ReplicationState;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.events.BgWriterEvent;
import dev.lifeline.events.BufferEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.storage.buffer.BgWriter;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.file.Disk;
import dev.lifeline.storage.lmgr.LockManager;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;

/// Everything that the processes share, for one generation: it is made empty, [#recover] brings it
/// up from the disk, and after a crash it is [abandoned][#abandon] unflushed and the next one is
/// made.
public final class SharedMemory {
  private final EngineEnvironment environment;
  private final Engine engine;
  private final BgWriter bgWriter;
  private volatile EngineConfig config;

  private long backendWritesTold;
  private long toldNanos;

  private SharedMemory(EngineConfig config, EngineEnvironment environment, Engine engine) {
    this.config = config;
    this.environment = environment;
    this.engine = engine;
    this.bgWriter = new BgWriter(engine.pool());
    this.toldNanos = environment.clock().nanoTime();
    engine.counters().begin(environment.clock().epochMicros());
  }

  /// Makes an empty one.
  ///
  /// @param resourceManagers of the rooms above, beside those of transam
  public static SharedMemory create(
      EngineConfig config, EngineEnvironment environment, List<ResourceManager> resourceManagers) {
    Engine engine = new Engine(config, environment, resourceManagers);
    return new SharedMemory(config, environment, engine);
  }

  /// What the startup process does: reads the control file, repeats the WAL since the last
  /// checkpoint if the server was not shut down cleanly, and ends with a checkpoint. After it
  /// transactions may begin.
  ///
  /// @param startup who does it, on the event log
  /// @param listener told what the server log is to say
  public Future<RecoveryReport> recover(Subject startup, RecoveryListener listener) {
    return engine.recover(startup, listener);
  }

  /// As [#recover(Subject, RecoveryListener)], for who has no server log.
  public Future<RecoveryReport> recover(Subject startup) {
    return recover(startup, RecoveryListener.NONE);
  }

  /// As [#recover(Subject)], for who has no process table.
  public Future<RecoveryReport> recover() {
    return recover(new Subject("startup", 0));
  }

  /// What a recovery from an archive needs of the configuration. To be given before [#recover].
  public void setRecovery(RecoveryConfig newConfig) {
    engine.setRecovery(newConfig);
  }

  /// The server ends while a recovery from an archive is under way: says so in the control file.
  /// The next start begins it anew.
  public Future<Void> shutDownInRecovery() {
    return engine.shutDownInRecovery();
  }

  /// How far a recovery is, and what can be told to it.
  public ReplayControl replay() {
    return engine.replay();
  }

  /// What replication keeps on the disk. To be given before [#recover].
  public void setReplication(ReplicationState state) {
    engine.setReplication(state);
  }

  /// What a recovery that had something to redo ends with: removes the files that no catalog names,
  /// and tells which. To be given before [#recover].
  public void afterRedo(Supplier<Future<List<String>>> step) {
    engine.afterRedo(step);
  }

  /// Completes when a checkpoint that began after this call has ended.
  public Future<CheckpointReport> checkpoint(CheckpointRequest request) {
    return engine.checkpoint(request);
  }

  /// Bytes of WAL since the redo point of the last checkpoint: what `max_wal_size` bounds.
  public long walSinceRedo() {
    return engine.walSinceRedo();
  }

  /// Whether `max_wal_size` asks for a checkpoint.
  public boolean isWalFull() {
    return engine.isWalFull();
  }

  /// Base backups and what else the WAL functions do; after [#recover] only.
  public Backups backups() {
    return engine.backups();
  }

  /// One round of the background writer; emits `bgwriter.round_completed` for that process where it
  /// wrote something.
  public Future<Void> backgroundWriterRound(Subject backgroundWriter) {
    EngineConfig current = config;
    tellBackendWrites(backgroundWriter);
    return bgWriter
        .round(current.bgwriterLruMaxpages(), current.bgwriterLruMultiplier())
        .onSuccess(round -> {
          counters().buffersClean.add(round.cleaned());
          if (round.stoppedAtMax()) {
            counters().maxwrittenClean.increment();
          }
          if (round.cleaned() > 0 || round.stoppedAtMax()) {
            environment
                .emitter()
                .emit(
                    backgroundWriter,
                    new BgWriterEvent.RoundCompleted(
                        round.cleaned(), round.stoppedAtMax(), round.allocated()));
          }
        })
        .mapEmpty();
  }

  /// Once a second: how many pages backends had to write themselves.
  private void tellBackendWrites(Subject backgroundWriter) {
    long now = environment.clock().nanoTime();
    long interval = now - toldNanos;
    if (interval < 1_000_000_000L) {
      return;
    }
    long writes = buffers().backendWrites();
    if (writes > backendWritesTold) {
      environment
          .emitter()
          .emit(
              backgroundWriter,
              new BufferEvent.EvictedDirty(writes - backendWritesTold, interval / 1e6));
    }
    backendWritesTold = writes;
    toldNanos = now;
  }

  /// A round of the WAL writer: makes asynchronous commits durable.
  public Future<Void> walWriterRound() {
    return wal().flushAll();
  }

  /// Takes over what may change while the server runs: everything but the sizes of the buffers.
  public void configure(EngineConfig newConfig) {
    config = newConfig;
    engine.configure(newConfig);
  }

  /// From here on this process carries out the checkpoints that others ask for.
  public void setCheckpointer(CheckpointProcess process) {
    engine.setCheckpointer(process);
  }

  /// From here on this process does the flushes that are nobody's own, on the event log.
  public void setFlusher(Subject subject) {
    wal().setSubject(subject);
  }

  /// Whether [#recover] has ended well: before that, there are no transactions.
  public boolean isRecovered() {
    return engine.isRecovered();
  }

  /// Fences the disk and frees the memory: nothing of this generation is written any more.
  /// Completes when what was under way has ended.
  public Future<Void> abandon() {
    return engine.abandon();
  }

  /// The heavyweight locks; made with the generation, and told of the transactions by
  /// [LockManager#xidOwners].
  public LockManager locks() {
    return engine.locks();
  }

  /// What this generation counts: commits and rollbacks, blocks read and hit, WAL, buffers written.
  /// Whoever does such a thing counts it here.
  public Counters counters() {
    return engine.counters();
  }

  /// What recovery has counted is not the server's work.
  void discardStatistics() {
    counters().discard(environment.clock().epochMicros());
    backendWritesTold = 0;
  }

  /// The counters go on where they were when the server was stopped.
  void statisticsRestored() {
    backendWritesTold = buffers().backendWrites();
  }

  /// The content of the control file; after [#recover] only.
  public ControlData controlData() {
    return engine.controlData();
  }

  public EngineConfig config() {
    return config;
  }

  public EngineEnvironment environment() {
    return environment;
  }

  public Disk disk() {
    return environment.disk();
  }

  public Smgr smgr() {
    return engine.smgr();
  }

  public BufferPool buffers() {
    return engine.pool();
  }

  public Wal wal() {
    return engine.wal();
  }

  /// After [#recover] only.
  public Transactions transactions() {
    return engine.transactions();
  }

  public RelationStorage storage() {
    return engine.storage();
  }
}
