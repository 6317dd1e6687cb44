package dev.lifeline.access.transam;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.events.CheckpointEvent;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferSync;
import dev.lifeline.storage.ipc.Proc;
import dev.lifeline.storage.ipc.ProcArray;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.storage.smgr.SyncQueue;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Checkpoints, one at a time. Requests that arrive while one runs share the next; an impatient one
/// also makes the running one hurry.
public final class Checkpoints {
  private static final long DELAY_POLL_NANOS = 1_000_000;
  private static final long NAP_NANOS = 100_000_000;

  /// What a checkpoint works on.
  record Parts(
      BufferPool pool,
      Smgr smgr,
      Wal wal,
      WalFiles files,
      Clog clog,
      ProcArray procs,
      Numbers numbers,
      RelationStorage storage,
      ControlFile control,
      Counters counters,
      ReplicationState replication) {}

  private final Parts parts;
  private final EngineEnvironment environment;
  private final WalRecycler recycler;
  private volatile EngineConfig config;
  private volatile CheckpointProcess process;

  private boolean running;
  private @Nullable Pending next;
  private volatile boolean hurry;
  private volatile boolean abandoned;

  private volatile long lastRedoLsn;
  private volatile long lastEndLsn;
  private double distanceEstimate;
  private double previousDistance;

  private static final class Pending {
    private CheckpointRequest request;
    private final List<Promise<CheckpointReport>> promises = new ArrayList<>();

    Pending(CheckpointRequest request) {
      this.request = request;
    }
  }

  Checkpoints(
      Parts parts,
      EngineEnvironment environment,
      EngineConfig config,
      CheckpointProcess process,
      long lastRedoLsn) {
    this.parts = parts;
    this.process = process;
    this.environment = environment;
    this.config = config;
    this.lastRedoLsn = lastRedoLsn;
    this.recycler = new WalRecycler(parts.files(), environment.emitter(), () -> process.subject());
  }

  void configure(EngineConfig newConfig) {
    config = newConfig;
  }

  void setProcess(CheckpointProcess checkpointer) {
    process = checkpointer;
  }

  /// Shared memory is about to go: the checkpoint that runs ends where it is.
  void abandon() {
    abandoned = true;
  }

  /// Bytes of WAL since the redo point of the last checkpoint.
  long walSinceRedo() {
    return parts.wal().insertLsn() - lastRedoLsn;
  }

  /// Whether so much WAL was written since the last checkpoint that `max_wal_size` asks for the
  /// next.
  boolean isWalFull() {
    return walSinceRedo() >= config.walBetweenCheckpoints();
  }

  /// Completes when a checkpoint that began after this call has ended.
  Future<CheckpointReport> request(CheckpointRequest request) {
    Promise<CheckpointReport> promise = environment.wakeup().promise();
    Pending pending;
    synchronized (this) {
      if (running) {
        hurry |= request.immediate();
        if (next == null) {
          next = new Pending(request);
        } else {
          next.request = merge(next.request, request);
        }
        next.promises.add(promise);
        return promise.future();
      }
      running = true;
      hurry = false;
      pending = new Pending(request);
      pending.promises.add(promise);
    }
    process.execute(() -> start(pending));
    return promise.future();
  }

  private static CheckpointRequest merge(CheckpointRequest a, CheckpointRequest b) {
    CheckpointRequest.Cause cause = a.cause().compareTo(b.cause()) <= 0 ? a.cause() : b.cause();
    return new CheckpointRequest(cause, a.immediate() || b.immediate(), a.force() || b.force());
  }

  private void start(Pending pending) {
    new Run(pending.request)
        .run()
        .onComplete(result -> {
          Pending following;
          synchronized (this) {
            following = next;
            next = null;
            running = following != null;
            hurry = false;
          }
          if (following != null) {
            process.execute(() -> start(following));
          }
          for (Promise<CheckpointReport> promise : pending.promises) {
            promise.handle(result);
          }
        });
  }

  private long now() {
    return environment.clock().nanoTime();
  }

  /// One checkpoint.
  private final class Run {
    private final CheckpointRequest request;
    private final boolean shutdown;
    private final CheckpointEvent.Reason reason;
    private final long begun = now();
    private long redoLsn;
    private long checkpointLsn;
    private final CheckpointProcess carrier = process;
    private long recordEndLsn;
    private long startedEvent;
    private long writeDone;
    private long syncDone;
    private long recordDone;
    private int buffersWritten;
    private long nextXid;
    private long oldestXid;
    private long nextRelNumber;
    private int nextOid;
    private SyncQueue.Report syncs = new SyncQueue.Report(0, 0, 0);

    Run(CheckpointRequest request) {
      this.request = request;
      this.shutdown =
          request.cause() == CheckpointRequest.Cause.SHUTDOWN
              || request.cause() == CheckpointRequest.Cause.END_OF_RECOVERY;
      this.reason = CheckpointEvent.Reason.valueOf(request.cause().name());
    }

    Future<CheckpointReport> run() {
      switch (request.cause()) {
        case TIME -> parts.counters().checkpointsTimed.increment();
        case REQUESTED, WAL -> parts.counters().checkpointsReq.increment();
        case SHUTDOWN, END_OF_RECOVERY -> {}
      }
      if (!request.force() && parts.wal().importantLsn() <= lastEndLsn) {
        environment
            .emitter()
            .emit(carrier.subject(), new CheckpointEvent.Skipped(reason, lastRedoLsn));
        return Future.succeededFuture(report(true, new WalRecycler.Result(0, 0)));
      }
      carrier.starting(request);
      return markShuttingDown()
          .compose(ignored -> moveRedo())
          .compose(ignored -> parts.clog().flush())
          .compose(ignored -> parts.replication().checkpoint(redoLsn, parts.wal().insertLsn()))
          .compose(ignored -> BufferSync.run(parts.pool(), this::pace))
          .compose(this::sync)
          .compose(this::log)
          .compose(ignored -> updateControl())
          .compose(ignored -> parts.clog().truncate(oldestXid))
          .compose(ignored -> recycler.run(keepFrom(), recycleTo()))
          .map(result -> report(false, result))
          .onSuccess(this::tell);
    }

    private Future<Void> markShuttingDown() {
      if (request.cause() != CheckpointRequest.Cause.SHUTDOWN) {
        return Future.succeededFuture();
      }
      return parts
          .control()
          .update(data ->
              data.withState(ControlData.State.SHUTTING_DOWN, environment.clock().epochMicros()));
    }

    /// The redo point is where the WAL ends now. Whoever is between a record before it and what the
    /// record says is waited for. The commit log that is written now covers the transactions that
    /// have begun before; redo meets the others.
    private Future<Void> moveRedo() {
      // Before the redo point: what is no longer needed now has ended before it, and redo will not
      // ask for it.
      oldestXid = parts.clog().oldestXid();
      redoLsn = parts.wal().buffers().moveRedo();
      nextXid = parts.procs().nextXid();
      startedEvent =
          environment
              .emitter()
              .emit(carrier.subject(), new CheckpointEvent.Started(reason, redoLsn));
      return awaitDelays(parts.procs().delayingCheckpoint(), parts.storage().underWay());
    }

    private Future<Void> awaitDelays(List<Proc> procs, Set<Object> tickets) {
      boolean delayed =
          procs.stream().anyMatch(Proc::delayingCheckpoint) || parts.storage().isUnderWay(tickets);
      if (!delayed) {
        return Future.succeededFuture();
      }
      return sleep(DELAY_POLL_NANOS).compose(ignored -> awaitDelays(procs, tickets));
    }

    private Future<Void> sleep(long nanos) {
      Promise<Void> promise = Promise.promise();
      environment.timers().schedule(nanos, () -> end(promise));
      return promise.future();
    }

    /// A nap is over; after it the memory that the checkpoint works on may be gone.
    private void end(Promise<Void> nap) {
      if (abandoned) {
        nap.fail(gone());
      } else {
        nap.complete();
      }
    }

    /// Takes naps while the work is ahead of the time and the WAL that have passed.
    private Future<Void> pace(double fraction) {
      if (abandoned) {
        return Future.failedFuture(gone());
      }
      if (mayGoOn(fraction)) {
        return Future.succeededFuture();
      }
      Promise<Void> promise = Promise.promise();
      nap(fraction, promise);
      return promise.future();
    }

    private static PgException gone() {
      return PgException.fatal(SqlState.CRASH_SHUTDOWN, "the checkpoint was abandoned");
    }

    private void nap(double fraction, Promise<Void> promise) {
      environment
          .timers()
          .schedule(
              NAP_NANOS,
              () -> {
                if (abandoned || mayGoOn(fraction)) {
                  end(promise);
                } else {
                  nap(fraction, promise);
                }
              });
    }

    private boolean mayGoOn(double fraction) {
      return request.immediate() || hurry || shutdown || !isAhead(fraction);
    }

    private boolean isAhead(double fraction) {
      double progress = fraction * config.checkpointCompletionTarget();
      double wal =
          (double) (parts.wal().insertLsn() - redoLsn)
              / Math.max(1, config.walBetweenCheckpoints());
      double time = (now() - begun) / 1e6 / config.checkpointTimeoutMs();
      return progress >= wal && progress >= time;
    }

    private Future<Void> sync(int written) {
      buffersWritten = written;
      parts.counters().buffersCheckpoint.add(written);
      writeDone = now();
      Future<Void> trimmed =
          request.cause() == CheckpointRequest.Cause.SHUTDOWN
              ? parts.smgr().trim()
              : Future.succeededFuture();
      return trimmed
          .compose(ignored -> parts.smgr().syncs().sync())
          .map(report -> {
            syncs = report;
            syncDone = now();
            return null;
          });
    }

    private Future<Void> log(@Nullable Void ignored) {
      CheckpointRecord content =
          new CheckpointRecord(
              redoLsn,
              environment.clock().epochMicros(),
              nextXid,
              parts.numbers().relNumberFor(shutdown),
              parts.numbers().oidFor(shutdown),
              oldestXid,
              parts.files().timeline(),
              previousTimeline(),
              parts.storage().uncommitted(parts.clog()));
      long startsAfter = parts.wal().insertLsn();
      if (shutdown && WalFormat.startAfter(startsAfter, parts.files().segmentSize()) != redoLsn) {
        return Future.failedFuture(
            PgException.panic(
                SqlState.INTERNAL_ERROR,
                "concurrent write-ahead log activity while database system is shutting down"));
      }
      WalRecordBuilder record =
          parts
              .wal()
              .begin(
                  Rmgr.XLOG,
                  shutdown ? XlogRecords.CHECKPOINT_SHUTDOWN : XlogRecords.CHECKPOINT_ONLINE,
                  0);
      content.put(record);
      WalRecordBuilder.Range place = record.insertAndLocate();
      checkpointLsn = place.startLsn();
      recordEndLsn = place.endLsn();
      nextRelNumber = content.nextRelNumber();
      nextOid = content.nextOid();
      return parts.wal().flush(place.endLsn(), carrier.subject());
    }

    /// Where a recovery ends on a timeline of its own, the control file still has the one before.
    private int previousTimeline() {
      return request.cause() == CheckpointRequest.Cause.END_OF_RECOVERY
          ? parts.control().current().timeline()
          : parts.files().timeline();
    }

    private Future<Void> updateControl() {
      ControlData.State state =
          request.cause() == CheckpointRequest.Cause.SHUTDOWN
              ? ControlData.State.SHUT_DOWN
              : ControlData.State.IN_PRODUCTION;
      return parts
          .control()
          .update(data ->
              new ControlData(
                  data.systemIdentifier(),
                  state,
                  environment.clock().epochMicros(),
                  checkpointLsn,
                  redoLsn,
                  parts.files().timeline(),
                  nextXid,
                  nextRelNumber,
                  nextOid,
                  oldestXid,
                  data.incarnation(),
                  data.walSegmentSize()))
          .onSuccess(ignored -> {
            recordDone = now();
            updateEstimate();
            lastRedoLsn = redoLsn;
            lastEndLsn = recordEndLsn;
          });
    }

    /// Slots may need older WAL than recovery does.
    private long keepFrom() {
      return Math.min(redoLsn, parts.replication().keepFrom());
    }

    private void updateEstimate() {
      double distance = redoLsn - lastRedoLsn;
      previousDistance = distance;
      distanceEstimate =
          distanceEstimate < distance ? distance : 0.90 * distanceEstimate + 0.10 * distance;
    }

    /// As PostgreSQL decides it: the expected need until the end of the next checkpoint and a
    /// little more, within `min_wal_size` and `max_wal_size`.
    private long recycleTo() {
      if (!config.walRecycle()) {
        return 0;
      }
      double expected = (1.0 + config.checkpointCompletionTarget()) * distanceEstimate * 1.10;
      long wanted = redoLsn + (long) expected;
      return Math.clamp(wanted, redoLsn + config.minWalSize(), redoLsn + config.maxWalSize());
    }

    private CheckpointReport report(boolean skipped, WalRecycler.Result recycled) {
      double average = syncs.files() == 0 ? 0 : syncs.totalNanos() / 1e9 / syncs.files();
      return new CheckpointReport(
          request.cause(),
          skipped,
          skipped ? lastRedoLsn : redoLsn,
          checkpointLsn,
          buffersWritten,
          parts.pool().size(),
          parts.files().takeCreated(),
          recycled.removed(),
          recycled.recycled(),
          Math.max(0, (writeDone - begun) / 1e9),
          Math.max(0, (syncDone - writeDone) / 1e9),
          (now() - begun) / 1e9,
          syncs.files(),
          syncs.longestNanos() / 1e9,
          average,
          (long) previousDistance,
          (long) distanceEstimate);
    }

    private void tell(CheckpointReport report) {
      parts.counters().checkpointWriteTime.add((long) (report.writeSeconds() * 1e6));
      parts.counters().checkpointSyncTime.add((long) (report.syncSeconds() * 1e6));
      carrier.completed(report);
      environment
          .emitter()
          .emit(carrier.subject(), report.event(reason, (now() - recordDone) / 1e6), startedEvent);
    }
  }
}
