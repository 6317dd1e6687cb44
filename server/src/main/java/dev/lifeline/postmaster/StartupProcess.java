package dev.lifeline.postmaster;

import io.vertx.core.Future;
import io.vertx.core.Promise;

/// Brings the data directory to a consistent state: repeats the WAL since the last checkpoint where
/// the server did not end in good order.
///
/// The postmaster forks it first, at the start and after every crash, and accepts no session before
/// it has ended with code 0. There is nothing to end in good order: SIGTERM and SIGQUIT end it
/// where it is, and the next start begins the redo anew. Its crash means that the server cannot
/// start.
final class StartupProcess implements ServerProcess {
  private final ProcessEnvironment env;
  private final Promise<ExitStatus> ended = Promise.promise();

  StartupProcess(ProcessEnvironment env) {
    this.env = env;
  }

  @Override
  public Future<Void> start() {
    env.sharedMemory()
        .recover(env.subject())
        .onComplete(done ->
            ended.tryComplete(done.succeeded() ? ExitStatus.OK : ExitStatus.failed(done.cause())));
    return Future.succeededFuture();
  }

  @Override
  public void signal(ProcessSignal signal) {
    switch (signal) {
      case SIGTERM -> ended.tryComplete(ExitStatus.FATAL);
      case SIGQUIT -> ended.tryComplete(ExitStatus.QUIT);
      case SIGKILL -> ended.tryComplete(ExitStatus.killed(null));
      case SIGHUP, SIGINT, SIGUSR2 -> {}
    }
  }

  @Override
  public Future<ExitStatus> ended() {
    return ended.future();
  }
}
