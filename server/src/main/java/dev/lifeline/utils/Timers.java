package dev.lifeline.utils;

import io.vertx.core.Future;

/// Timers and turns of the event loop that the caller runs on. Callbacks run on that same loop.
public interface Timers {
  /// Runs the action once, after at least the given delay.
  Timer schedule(long delayNanos, Runnable action);

  /// How long a turn may be while others may wait for theirs. What waits for a few of them is not
  /// noticed by a client, and giving one up costs about a hundredth of it.
  long TURN_NANOS = 200_000;

  /// Completes in a later turn of this event loop, when all who wait for it now have had theirs.
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
