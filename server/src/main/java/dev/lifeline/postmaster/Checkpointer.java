package dev.lifeline.postmaster;

import dev.lifeline.access.transam.CheckpointReport;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.utils.guc.Gucs;
import io.vertx.core.Future;

/// Writes all dirty buffers from time to time, so that redo after a crash is short.
///
/// Forked by the postmaster when the server is ready. It begins a checkpoint when
/// `checkpoint_timeout` has passed or when so much WAL was written that `max_wal_size` would be
/// passed before the end of the next one; sessions ask shared memory for theirs. SIGUSR2 makes it
/// write the shutdown checkpoint and end; that is its only end in good order, any other one is a
/// crash, because a checkpoint that stops in the middle may hide a broken disk.
final class Checkpointer extends AuxiliaryProcess {
  /// How often it looks whether one is due.
  private static final long NAPTIME_MS = 200;

  private long lastNanos;

  Checkpointer(ProcessEnvironment env) {
    super(env);
    lastNanos = env.clock().nanoTime();
    env.sharedMemory().setCheckpointer(env.subject());
  }

  @Override
  protected Future<Void> work() {
    if (env.sharedMemory().isWalFull()) {
      return checkpoint(CheckpointRequest.walFull());
    }
    long elapsedMs = (env.clock().nanoTime() - lastNanos) / 1_000_000;
    return elapsedMs >= env.get(Gucs.CHECKPOINT_TIMEOUT) * 1000
        ? checkpoint(CheckpointRequest.timed())
        : Future.succeededFuture();
  }

  private Future<Void> checkpoint(CheckpointRequest request) {
    lastNanos = env.clock().nanoTime();
    return env.sharedMemory().checkpoint(request).onSuccess(this::tell).mapEmpty();
  }

  private void tell(CheckpointReport report) {
    if (!report.skipped() && env.get(Gucs.LOG_CHECKPOINTS)) {
      env.log(report.message());
    }
  }

  @Override
  protected Future<Void> finish() {
    env.log("shutting down");
    return checkpoint(CheckpointRequest.shutdown());
  }

  @Override
  protected long naptimeMs() {
    return NAPTIME_MS;
  }
}
