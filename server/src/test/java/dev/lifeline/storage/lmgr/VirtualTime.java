package dev.lifeline.storage.lmgr;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Comparator;
import java.util.PriorityQueue;

/// A clock and timers that a test moves on by hand.
final class VirtualTime implements Clock, Timers {
  private long nanos;
  private long order;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>(
          Comparator.comparingLong((Task t) -> t.due).thenComparingLong(t -> t.order));

  private static final class Task implements Timer {
    private final long due;
    private final long order;
    private final Runnable action;
    private boolean over;

    Task(long due, long order, Runnable action) {
      this.due = due;
      this.order = order;
      this.action = action;
    }

    @Override
    public boolean cancel() {
      boolean was = over;
      over = true;
      return !was;
    }
  }

  @Override
  public long epochMicros() {
    return nanos / 1000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    Task task = new Task(nanos + delayNanos, order++, action);
    tasks.add(task);
    return task;
  }

  @Override
  public Future<Void> yieldTurn() {
    Promise<Void> promise = Promise.promise();
    execute(promise::complete);
    return promise.future();
  }

  @Override
  public void execute(Runnable action) {
    schedule(0, action);
  }

  /// Runs everything that is due within so many milliseconds.
  void advance(long millis) {
    long until = nanos + millis * 1_000_000;
    while (!tasks.isEmpty() && tasks.peek().due <= until) {
      Task task = tasks.remove();
      nanos = Math.max(nanos, task.due);
      if (!task.over) {
        task.over = true;
        task.action.run();
      }
    }
    nanos = until;
  }
}
