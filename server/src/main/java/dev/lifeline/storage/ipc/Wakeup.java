package dev.lifeline.storage.ipc;

import io.vertx.core.Promise;

/// How a process that waits is continued. The one who ends the wait may run on any thread, the one
/// who waited wants to go on on its own event loop.
@FunctionalInterface
public interface Wakeup {
  /// A promise whose future calls its listeners on the event loop of the one who asks for it now,
  /// whoever completes it.
  <T> Promise<T> promise();

  /// For a single thread, as in the simulator: listeners run at once.
  static Wakeup direct() {
    return Promise::promise;
  }
}
