package dev.lifeline.postmaster;

import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;

/// The timers of whatever event loop they are asked on: for shared memory, which belongs to none.
public final class CurrentLoopTimers implements Timers {
  private final Vertx vertx;

  public CurrentLoopTimers(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    return here().schedule(delayNanos, action);
  }

  @Override
  public Future<Void> yieldTurn() {
    return here().yieldTurn();
  }

  @Override
  public void execute(Runnable action) {
    here().execute(action);
  }

  private Timers here() {
    return new VertxTimers(vertx, vertx.getOrCreateContext());
  }
}
