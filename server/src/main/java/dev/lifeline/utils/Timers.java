package dev.lifeline.utils;

import io.vertx.core.Future;

/// Timers and turns of the event loop that the caller runs on. Callbacks run on that same loop.
public interface Timers {
  /// Runs the action once, after at least the given delay.
  Timer schedule(long delayNanos, Runnable action);

  /// Completes in a later turn of this event loop, so that the other sessions on it get theirs.
  Future<Void> yieldTurn();

  /// Runs the action in a later turn of this event loop; may be called from any thread. This is how
  /// another thread hands something to a process.
  void execute(Runnable action);

  /// A scheduled action that may still be called off.
  interface Timer {
    /// Returns false when the action ran already or was cancelled before.
    boolean cancel();
  }
}
