package dev.lifeline.postmaster;

import dev.lifeline.replication.logical.LogicalWorkers;
import dev.lifeline.replication.logical.LogicalWorkers.Assignment;
import dev.lifeline.replication.logical.SubscriptionWorker;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/// Applies the changes of one subscription, or copies a table of it.
///
/// Forked by the postmaster when the launcher asks for it, or, for a copy, the worker that applies.
/// SIGTERM ends it between two steps: what it was applying is rolled back here and comes again. It
/// ends with code 1 after an error, and is not forked again by the postmaster: who has asked for it
/// asks again. Anything unexpected is a crash of the cluster.
final class LogicalReplicationWorker implements ServerProcess, LogicalWorkers.Wakeable {
  private final ProcessEnvironment env;
  private final LogicalReplication replication;
  private final Promise<ExitStatus> ended = Promise.promise();
  private volatile @Nullable SubscriptionWorker worker;
  private volatile boolean terminated;

  LogicalReplicationWorker(ProcessEnvironment env, LogicalReplication replication) {
    this.env = env;
    this.replication = replication;
  }

  @Override
  public Future<Void> start() {
    env.timers().execute(this::run);
    return Future.succeededFuture();
  }

  private void run() {
    Assignment assignment = replication.workers().began(env.pid(), this);
    if (assignment == null || ended.future().isComplete()) {
      ended.tryComplete(ExitStatus.OK);
      return;
    }
    Future<Void> work;
    try {
      SubscriptionWorker begun = replication.worker(assignment, env.forkSequence(), env::report);
      worker = begun;
      if (terminated) {
        begun.terminate();
      }
      work = begun.run();
    } catch (RuntimeException e) {
      work = Future.failedFuture(e);
    }
    work.onComplete(done -> {
      if (done.cause() instanceof PgException error) {
        env.report(error);
      }
      replication.workers().ended(assignment.key(), env.pid());
      ended.tryComplete(done.succeeded() ? ExitStatus.OK : ExitStatus.failed(done.cause()));
    });
  }

  @Override
  public void wakeUp() {
    SubscriptionWorker running = worker;
    if (running != null) {
      running.wakeUp();
    }
  }

  @Override
  public void terminate() {
    terminated = true;
    SubscriptionWorker running = worker;
    if (running != null) {
      running.terminate();
    }
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM -> terminate();
      case SIGQUIT -> ended.tryComplete(ExitStatus.QUIT);
      case SIGKILL -> ended.tryComplete(ExitStatus.killed(null));
      case SIGHUP -> wakeUp();
      case SIGINT, SIGUSR2 -> {}
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }
}
