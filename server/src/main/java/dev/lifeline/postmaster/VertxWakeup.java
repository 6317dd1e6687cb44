package dev.lifeline.postmaster;

import dev.lifeline.storage.ipc.Wakeup;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;

/// Continues a process that waited on the event loop that it waits on: Vert.x's contexts do that.
public final class VertxWakeup implements Wakeup {
  private final Vertx vertx;

  public VertxWakeup(Vertx vertx) {
    this.vertx = vertx;
  }

  @Override
  public <T> Promise<T> promise() {
    return ((ContextInternal) vertx.getOrCreateContext()).promise();
  }
}
