package dev.lifeline.access.transam;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.events.Lsn;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferSync;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.storage.smgr.SyncQueue;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The restartpoints of a recovery from an archive: what checkpoints are to a server that writes.
/// After one, a recovery that is interrupted goes on from there and not from the base copy, and
/// neither the segments before it nor the archive's are needed any more.
///
/// Formally:
///
/// 1. A restartpoint is where the WAL has a checkpoint: only there redo can begin.
/// 2. It is taken when no record has referred to a page that is still missing, for the next redo
///    would not meet that record, nor know of the page.
/// 3. Every page that was changed by the WAL before it is on the disk before the control file names
///    it. Redo waits meanwhile, so that nothing of it has to be told from what comes later.
final class RestartPoints {
  private final Parts parts;
  private final EngineEnvironment environment;
  private final ArchiveRecovery recovery;
  private final Supplier<EngineConfig> config;
  private final Supplier<CheckpointProcess> process;
  private @Nullable Place last;
  private long lastNanos;
  private long lastRedoLsn;
  private volatile boolean abandoned;

  /// What a restartpoint works on.
  ///
  /// @param cleanup `archive_cleanup_command`
  record Parts(
      BufferPool pool,
      Smgr smgr,
      Clog clog,
      WalFiles files,
      ControlFile control,
      Counters counters,
      ReplicationState replication,
      Supplier<String> cleanup) {}

  /// A checkpoint of the WAL, which was met.
  private record Place(long lsn, long endLsn, CheckpointRecord content) {}

  RestartPoints(
      Parts parts,
      EngineEnvironment environment,
      ArchiveRecovery recovery,
      Supplier<EngineConfig> config,
      Supplier<CheckpointProcess> process) {
    this.parts = parts;
    this.environment = environment;
    this.recovery = recovery;
    this.config = config;
    this.process = process;
  }

  /// Redo begins here.
  void begin(long redoLsn) {
    lastRedoLsn = redoLsn;
    lastNanos = now();
  }

  private long now() {
    return environment.clock().nanoTime();
  }

  /// Shared memory is about to go: the one that runs ends where it is.
  void abandon() {
    abandoned = true;
  }

  /// A checkpoint's record was repeated.
  ///
  /// @param pagesMissing whether a record has referred to a page that is not there
  /// @return what to wait for before the next record; null for nothing
  @Nullable Future<Void> met(WalRecord record, boolean pagesMissing) {
    if (!recovery.inArchive() || !recovery.source().requested() || pagesMissing) {
      return null;
    }
    Place place = new Place(record.lsn(), record.endLsn(), CheckpointRecord.parse(record));
    last = place;
    if (place.content().redoLsn() - lastRedoLsn >= config.get().walBetweenCheckpoints()) {
      return run(CheckpointRequest.walFull(), place);
    }
    return (now() - lastNanos) / 1e6 >= config.get().checkpointTimeoutMs()
        ? run(CheckpointRequest.timed(), place)
        : null;
  }

  /// The server is shut down in its recovery: the last chance.
  Future<Void> shutDown() {
    Place place = last;
    return place == null || place.content().redoLsn() <= lastRedoLsn
        ? Future.succeededFuture()
        : run(CheckpointRequest.shutdown(), place);
  }

  private Future<Void> run(CheckpointRequest request, Place place) {
    Promise<Void> done = environment.wakeup().promise();
    CheckpointProcess carrier = process.get();
    carrier.execute(() -> new Run(request, place, carrier).run().onComplete(done::handle));
    return done.future();
  }

  /// One restartpoint.
  private final class Run {
    private final CheckpointRequest request;
    private final CheckpointEvent.Reason reason;
    private final Place place;
    private final CheckpointProcess carrier;
    private final long redoLsn;
    private final long begun = now();
    private final long distance;
    private long writeDone;
    private long syncDone;
    private int written;
    private long startedEvent;
    private SyncQueue.Report syncs = new SyncQueue.Report(0, 0, 0);

    Run(CheckpointRequest request, Place place, CheckpointProcess carrier) {
      this.request = request;
      this.reason = CheckpointEvent.Reason.valueOf(request.cause().name());
      this.place = place;
      this.carrier = carrier;
      this.redoLsn = place.content().redoLsn();
      this.distance = redoLsn - lastRedoLsn;
    }

    Future<Void> run() {
      carrier.restarting(request);
      startedEvent =
          environment
              .emitter()
              .emit(carrier.subject(), new CheckpointEvent.Started(reason, redoLsn));
      WalRecycler recycler =
          new WalRecycler(parts.files(), environment.emitter(), carrier::subject);
      return parts
          .clog()
          .flush()
          .compose(ignored -> parts.replication().checkpoint(redoLsn, place.endLsn()))
          .compose(ignored -> BufferSync.run(parts.pool(), this::pace))
          .compose(this::sync)
          .compose(ignored -> updateControl())
          .compose(ignored -> recycler.run(Math.min(redoLsn, parts.replication().keepFrom()), 0))
          .onSuccess(this::tell)
          .compose(ignored ->
              recovery.archive().run(parts.cleanup().get(), "archive_cleanup_command", false));
    }

    private Future<Void> pace(double fraction) {
      return abandoned
          ? Future.failedFuture(
              PgException.fatal(SqlState.CRASH_SHUTDOWN, "the restartpoint was abandoned"))
          : Future.succeededFuture();
    }

    private Future<Void> sync(int buffers) {
      written = buffers;
      parts.counters().buffersCheckpoint.add(buffers);
      writeDone = now();
      return parts
          .smgr()
          .syncs()
          .sync()
          .map(report -> {
            syncs = report;
            syncDone = now();
            return null;
          });
    }

    private Future<Void> updateControl() {
      int timeline = recovery.source().history().timelineEndingAt(place.endLsn());
      return parts
          .control()
          .update(data ->
              data.withCheckpoint(place.lsn(), place.content())
                  .withState(data.state(), place.content().timeMicros())
                  .withRecovery(
                      data.recovery().minLsn() >= place.endLsn()
                          ? data.recovery()
                          : data.recovery().reaching(place.endLsn(), timeline)))
          .onSuccess(ignored -> {
            lastRedoLsn = redoLsn;
            lastNanos = now();
          });
    }

    private void tell(WalRecycler.Result recycled) {
      long end = now();
      double average = syncs.files() == 0 ? 0 : syncs.totalNanos() / 1e9 / syncs.files();
      CheckpointReport report =
          new CheckpointReport(
              request.cause(),
              false,
              redoLsn,
              place.lsn(),
              written,
              parts.pool().size(),
              0,
              recycled.removed(),
              recycled.recycled(),
              (writeDone - begun) / 1e9,
              (syncDone - writeDone) / 1e9,
              (end - begun) / 1e9,
              syncs.files(),
              syncs.longestNanos() / 1e9,
              average,
              distance,
              distance);
      PgException where = PgException.log("recovery restart point at " + Lsn.format(redoLsn));
      String time = recovery.lastTransactionTime();
      carrier.restarted(
          report,
          time == null
              ? where
              : where.detail("Last completed transaction was at log time %s.", time));
      environment
          .emitter()
          .emit(carrier.subject(), report.event(reason, (end - syncDone) / 1e6), startedEvent);
    }
  }
}
