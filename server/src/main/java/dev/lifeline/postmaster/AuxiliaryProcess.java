package dev.lifeline.postmaster;

import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/// What the auxiliary processes have in common: a loop that does one piece of work, sleeps, and
/// ends when it is told to.
///
/// - SIGTERM ends it when the piece of work that is under way is done;
/// - SIGQUIT and SIGKILL end it at once: shared memory may be damaged, so what is under way is left
///   as it is (the disk of its generation is fenced);
/// - an ERROR in its work (a full disk, a page that cannot be read) is logged and the work tried
///   again a second later; a FATAL error is logged and ends it with code 1; anything worse, or
///   unexpected, is a crash.
abstract class AuxiliaryProcess implements ServerProcess {
  private static final long NAP_AFTER_ERROR_NANOS = 1_000_000_000;

  protected final ProcessEnvironment env;

  private final Promise<ExitStatus> ended = Promise.promise();
  private Timers.@Nullable Timer sleep;
  private boolean working;
  private boolean stopping;

  AuxiliaryProcess(ProcessEnvironment env) {
    this.env = env;
  }

  /// One piece of work.
  protected abstract Future<Void> work();

  /// How long to sleep until the next one.
  protected abstract long naptimeMs();

  /// What is to be done before it ends in good order.
  protected Future<Void> finish() {
    return Future.succeededFuture();
  }

  /// What it says when it ends in good order.
  protected ExitStatus exitStatus() {
    return ExitStatus.OK;
  }

  @Override
  public Future<Void> start() {
    nap(naptimeMs() * 1_000_000);
    return Future.succeededFuture();
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM, SIGUSR2 -> stop();
      case SIGQUIT -> end(ExitStatus.QUIT);
      case SIGKILL -> end(ExitStatus.killed(null));
      case SIGHUP, SIGINT -> wakeUp();
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }

  /// Works now, without waiting for the end of its sleep.
  protected final void wakeUp() {
    if (!working && !stopping) {
      cancelSleep();
      run();
    }
  }

  protected final boolean stopping() {
    return stopping;
  }

  /// Ends in good order after the work that is under way.
  protected final void stop() {
    if (stopping) {
      return;
    }
    stopping = true;
    cancelSleep();
    if (!working) {
      finishAndEnd();
    }
  }

  /// Dies of the error.
  protected final void crash(Throwable error) {
    end(ExitStatus.crashed(error));
  }

  private void nap(long nanos) {
    sleep = env.timers().schedule(nanos, this::run);
  }

  private static boolean isBearable(Throwable cause) {
    return cause instanceof PgException e && e.severity() == Severity.ERROR;
  }

  private void run() {
    if (ended.future().isComplete()) {
      return;
    }
    working = true;
    Future<Void> work;
    try {
      work = work();
    } catch (RuntimeException e) {
      work = Future.failedFuture(e);
    }
    work.onComplete(done -> {
      working = false;
      if (done.failed() && !isBearable(done.cause())) {
        die(done.cause());
        return;
      }
      if (done.cause() instanceof PgException e) {
        env.report(e);
      }
      if (stopping) {
        finishAndEnd();
      } else if (!ended.future().isComplete()) {
        nap(done.failed() ? NAP_AFTER_ERROR_NANOS : naptimeMs() * 1_000_000);
      }
    });
  }

  private void finishAndEnd() {
    finish()
        .onComplete(done -> {
          if (done.succeeded()) {
            end(exitStatus());
          } else {
            die(done.cause());
          }
        });
  }

  private void die(Throwable cause) {
    if (cause instanceof PgException e && e.severity() == Severity.FATAL) {
      env.report(e);
      end(ExitStatus.FATAL);
    } else {
      crash(cause);
    }
  }

  private void cancelSleep() {
    Timers.Timer timer = sleep;
    if (timer != null) {
      timer.cancel();
      sleep = null;
    }
  }

  private void end(ExitStatus status) {
    cancelSleep();
    ended.tryComplete(status);
  }
}
