package dev.lifeline.postmaster;

import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The verticle of an auxiliary process: gives it an event loop, and nothing else. Deployed by the
/// postmaster, which is how a process is forked; undeployed by it when the process has ended.
final class ProcessVerticle extends VerticleBase {
  private final Function<Timers, ServerProcess> program;
  private @Nullable ServerProcess process;

  ProcessVerticle(Function<Timers, ServerProcess> program) {
    this.program = program;
  }

  @Override
  public Future<?> start() {
    ServerProcess started = program.apply(new VertxTimers(vertx, context));
    process = started;
    return started.start();
  }

  /// The process ends with its verticle, also when it is Vert.x that is closed.
  @Override
  public Future<?> stop() {
    ServerProcess running = process;
    if (running != null) {
      running.signal(ProcessSignal.SIGKILL);
    }
    return Future.succeededFuture();
  }

  /// Tells the process something, from any thread.
  void signal(ProcessSignal signal) {
    context.runOnContext(none -> {
      ServerProcess running = process;
      if (running != null) {
        running.signal(signal);
      }
    });
  }
}
