package dev.lifeline.postmaster;

import dev.lifeline.utils.Timers;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/// The timers and turns of one verticle's event loop.
final class VertxTimers implements Timers {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Vertx vertx;
  private final Context context;

  VertxTimers(Vertx vertx, Context context) {
    this.vertx = vertx;
    this.context = context;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    long millis = Math.max(1, (delayNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    long id = vertx.setTimer(millis, ignored -> context.runOnContext(none -> action.run()));
    return () -> vertx.cancelTimer(id);
  }

  @Override
  public Future<Void> yieldTurn() {
    return LoopTurns.next((ContextInternal) context);
  }

  @Override
  public void execute(Runnable action) {
    context.runOnContext(none -> action.run());
  }
}
