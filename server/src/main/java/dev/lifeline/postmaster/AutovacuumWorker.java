package dev.lifeline.postmaster;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.ServerLog.LogProcess;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/// Vacuums and analyzes the tables that the launcher found, one after the other, and ends.
///
/// Forked by the postmaster when the launcher asks for it. An ERROR (a table that was dropped
/// meanwhile, a lock conflict that cancels it) ends the work on that table only. SIGINT cancels
/// that table, SIGTERM the worker; both between two steps of the vacuum, so nothing is left
/// half-done.
final class AutovacuumWorker implements ServerProcess {
  private final ProcessEnvironment env;
  private final Autovacuum autovacuum;
  private final AutovacuumQueue queue;
  private final Promise<ExitStatus> ended = Promise.promise();
  private boolean stopping;
  private boolean cancelled;

  AutovacuumWorker(ProcessEnvironment env, Autovacuum autovacuum, AutovacuumQueue queue) {
    this.env = env;
    this.autovacuum = autovacuum;
    this.queue = queue;
  }

  @Override
  public Future<Void> start() {
    env.timers().execute(this::next);
    return Future.succeededFuture();
  }

  private void next() {
    if (ended.future().isComplete()) {
      return;
    }
    Autovacuum.Work work = stopping ? null : queue.take(env.pid());
    if (work == null) {
      end(ExitStatus.OK);
      return;
    }
    cancelled = false;
    autovacuum
        .process(env.pid(), work, () -> cancelled || stopping)
        .onComplete(done -> {
          queue.done(env.pid());
          if (done.succeeded()) {
            next();
          } else if (done.cause() instanceof PgException error) {
            env.log().report(LogProcess.of(env.pid(), env.type().backendType()), error, null);
            next();
          } else {
            end(ExitStatus.crashed(done.cause()));
          }
        });
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM -> stopping = true;
      case SIGQUIT -> end(ExitStatus.QUIT);
      case SIGKILL -> end(ExitStatus.killed(null));
      case SIGINT -> cancelled = true;
      case SIGHUP, SIGUSR2 -> {}
    }
  }

  private void end(ExitStatus status) {
    if (ended.tryComplete(status)) {
      queue.workerEnded(env.pid());
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }
}
