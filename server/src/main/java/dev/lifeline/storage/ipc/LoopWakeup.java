package dev.lifeline.storage.ipc;

import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;

/// The [Wakeup] of the real server: a Vert.x promise that is bound to the context of the caller, so
/// that a backend goes on on its own event loop, whoever ended its wait. A thread that is no event
/// loop gets a promise that is continued where it is completed.
public final class LoopWakeup implements Wakeup {
  @Override
  public <T> Promise<T> promise() {
    ContextInternal context = ContextInternal.current();
    return context == null ? Promise.promise() : context.promise();
  }
}
