package dev.lifeline.replication.logical;

import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/// What a worker sleeps on: it is woken up by whoever has something for it, from any thread, or by
/// the end of its nap. A call between two waits is not lost. Belongs to the worker's event loop.
final class Latch {
  private final Timers timers;
  private boolean set;
  private @Nullable Promise<Void> waiting;
  private Timers.@Nullable Timer timer;

  Latch(Timers timers) {
    this.timers = timers;
  }

  /// From any thread.
  void wakeUp() {
    timers.execute(this::set);
  }

  /// On the worker's own event loop.
  void set() {
    set = true;
    Promise<Void> sleeper = waiting;
    if (sleeper != null) {
      waiting = null;
      cancelTimer();
      set = false;
      sleeper.complete();
    }
  }

  private void cancelTimer() {
    Timers.Timer running = timer;
    timer = null;
    if (running != null) {
      running.cancel();
    }
  }

  Future<Void> await(long millis) {
    if (set) {
      set = false;
      return Future.succeededFuture();
    }
    Promise<Void> sleeper = Promise.promise();
    waiting = sleeper;
    timer = timers.schedule(millis * 1_000_000, this::set);
    return sleeper.future();
  }
}
