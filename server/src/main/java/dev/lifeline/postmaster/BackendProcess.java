package dev.lifeline.postmaster;

import dev.lifeline.tcop.Backend;
import dev.lifeline.tcop.TerminationReason;
import dev.lifeline.utils.Timers;
import io.vertx.core.Promise;

/// A client backend as a process: translates what the postmaster tells it.
final class BackendProcess implements ProcessTable.Handle {
  private final Backend backend;
  private final BackendChannel channel;
  private final Timers timers;
  private final Promise<ExitStatus> ended = Promise.promise();

  BackendProcess(Backend backend, BackendChannel channel, Timers timers) {
    this.backend = backend;
    this.channel = channel;
    this.timers = timers;
  }

  void start() {
    backend
        .ended()
        .onComplete(done ->
            ended.tryComplete(
                done.succeeded()
                    ? ExitStatus.of(backend.exitCode())
                    : ExitStatus.crashed(done.cause())));
    channel.attach(backend, this::crashed);
    guarded(backend::start);
  }

  Promise<ExitStatus> ended() {
    return ended;
  }

  BackendChannel channel() {
    return channel;
  }

  Backend backend() {
    return backend;
  }

  @Override
  public void signal(ProcessSignal signal, boolean crashOfAnother) {
    timers.execute(() -> guarded(() -> handle(signal, crashOfAnother)));
  }

  /// Dies as a process that is killed: for a drill.
  void crash() {
    timers.execute(backend::crash);
  }

  /// Ends whatever is left, at once.
  void kill() {
    channel.close();
    ended.tryComplete(ExitStatus.killed(null));
  }

  private void handle(ProcessSignal signal, boolean crashOfAnother) {
    switch (signal) {
      case SIGINT -> backend.cancel();
      case SIGTERM -> backend.terminate(TerminationReason.ADMINISTRATOR_COMMAND);
      case SIGQUIT ->
          backend.terminate(
              crashOfAnother
                  ? TerminationReason.CRASH_OF_ANOTHER_PROCESS
                  : TerminationReason.IMMEDIATE_SHUTDOWN);
      case SIGKILL -> kill();
      case SIGUSR2 -> backend.stopSending();
      case SIGHUP -> {}
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | Error e) {
      crashed(e);
    }
  }

  /// An error that came out of the session where none may: shared memory may be damaged.
  private void crashed(Throwable error) {
    channel.close();
    ended.tryComplete(ExitStatus.crashed(error));
  }
}
