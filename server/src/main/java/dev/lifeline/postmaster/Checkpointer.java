package dev.lifeline.postmaster;

import dev.lifeline.access.StatisticsFile;
import dev.lifeline.access.transam.CheckpointProcess;
import dev.lifeline.access.transam.CheckpointReport;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.events.Subject;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/// Writes all dirty buffers from time to time, so that redo after a crash is short.
///
/// Forked by the postmaster before the startup process, whose redo ends with a checkpoint. It
/// begins one when `checkpoint_timeout` has passed or when so much WAL was written that
/// `max_wal_size` would be passed before the end of the next one, and carries out those that
/// sessions ask for. SIGUSR2 makes it write the shutdown checkpoint and end; that is its only end
/// in good order, any other one is a crash, because a checkpoint that stops in the middle may hide
/// a broken disk.
final class Checkpointer extends AuxiliaryProcess {
  /// How often it looks whether one is due.
  private static final long NAPTIME_MS = 200;

  private final Supplier<Future<Void>> stopWalSenders;
  private long lastNanos;
  private long lastSwitchNanos;
  private boolean walCheckpointBefore;

  /// @param stopWalSenders lets them send what is left; completes when they have ended
  Checkpointer(ProcessEnvironment env, Supplier<Future<Void>> stopWalSenders) {
    super(env);
    this.stopWalSenders = stopWalSenders;
    lastNanos = env.clock().nanoTime();
    lastSwitchNanos = lastNanos;
    env.sharedMemory().setCheckpointer(new Carrier());
  }

  @Override
  protected Future<Void> work() {
    if (!env.sharedMemory().isRecovered()) {
      return Future.succeededFuture();
    }
    if (env.sharedMemory().isWalFull()) {
      warnOfHaste();
      return checkpoint(CheckpointRequest.walFull());
    }
    switchSegmentInTime();
    long elapsedMs = (env.clock().nanoTime() - lastNanos) / 1_000_000;
    return elapsedMs >= env.get(Gucs.CHECKPOINT_TIMEOUT) * 1000
        ? checkpoint(CheckpointRequest.timed())
        : Future.succeededFuture();
  }

  /// `archive_timeout`: what was written gets to the archive although its segment is not full. An
  /// idle server ends none.
  private void switchSegmentInTime() {
    long timeout = env.get(Gucs.ARCHIVE_TIMEOUT) * 1_000_000_000L;
    long now = env.clock().nanoTime();
    if (timeout <= 0 || now - lastSwitchNanos < timeout) {
      return;
    }
    Wal wal = env.sharedMemory().wal();
    Wal.SegmentEnd last = wal.lastSegmentEnd();
    if (last.lsn() > 0 && last.nanos() - lastSwitchNanos > 0) {
      lastSwitchNanos = last.nanos();
    }
    if (now - lastSwitchNanos >= timeout) {
      lastSwitchNanos = now;
      if (wal.importantLsn() > last.lsn()) {
        wal.switchSegment();
      }
    }
  }

  private Future<Void> checkpoint(CheckpointRequest request) {
    walCheckpointBefore = request.cause() == CheckpointRequest.Cause.WAL;
    lastNanos = env.clock().nanoTime();
    return env.sharedMemory().checkpoint(request).mapEmpty();
  }

  /// `checkpoint_warning`: WAL forces checkpoints faster than the administrator meant.
  private void warnOfHaste() {
    long seconds = (env.clock().nanoTime() - lastNanos) / 1_000_000_000;
    if (walCheckpointBefore && seconds < env.get(Gucs.CHECKPOINT_WARNING)) {
      String unit = seconds == 1 ? "second" : "seconds";
      env.report(
          PgException.log("checkpoints are occurring too frequently (%d %s apart)", seconds, unit)
              .hint("Consider increasing the configuration parameter \"max_wal_size\"."));
    }
  }

  /// What was not redone must be redone by the next start, so then there is no checkpoint. Without
  /// them the next start counts from zero, which is no reason not to end.
  private Future<Void> saveStatistics() {
    return StatisticsFile.save(env.sharedMemory())
        .recover(failure -> {
          env.log("could not write the statistics file: " + failure.getMessage());
          return Future.succeededFuture();
        });
  }

  @Override
  protected Future<Void> finish() {
    env.log("shutting down");
    env.sharedMemory().setFlusher(env.subject());
    return env.sharedMemory().isRecovered()
        ? walSendersEnded()
            .compose(done -> checkpoint(CheckpointRequest.shutdown()))
            .compose(done -> saveStatistics())
        : env.sharedMemory().shutDownInRecovery();
  }

  /// Nothing that they would have to send follows: they have sent it all before the last
  /// checkpoint.
  private Future<Void> walSendersEnded() {
    Promise<Void> ended = Promise.promise();
    stopWalSenders.get().onComplete(done -> env.timers().execute(ended::complete));
    return ended.future();
  }

  @Override
  protected long naptimeMs() {
    return NAPTIME_MS;
  }

  /// How shared memory sees it.
  private final class Carrier implements CheckpointProcess {
    @Override
    public Subject subject() {
      return env.subject();
    }

    @Override
    public void execute(Runnable work) {
      env.timers().execute(work);
    }

    @Override
    public void starting(CheckpointRequest request) {
      lastNanos = env.clock().nanoTime();
      if (env.get(Gucs.LOG_CHECKPOINTS)) {
        env.log("checkpoint starting: " + request.words());
      }
    }

    @Override
    public void completed(CheckpointReport report) {
      if (env.get(Gucs.LOG_CHECKPOINTS)) {
        env.log(report.message("checkpoint"));
      }
    }

    @Override
    public void restarting(CheckpointRequest request) {
      if (env.get(Gucs.LOG_CHECKPOINTS)) {
        env.log("restartpoint starting: " + request.words());
      }
    }

    @Override
    public void restarted(CheckpointReport report, PgException where) {
      if (env.get(Gucs.LOG_CHECKPOINTS)) {
        env.log(report.message("restartpoint"));
        env.report(where);
      }
    }
  }
}
