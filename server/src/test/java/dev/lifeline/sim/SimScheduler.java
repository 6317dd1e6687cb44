package dev.lifeline.sim;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.PriorityQueue;
import java.util.Random;

/// Virtual time and the only thread. Things that are due at the same instant happen in an order
/// that the seed decides.
final class SimScheduler implements Clock, Timers {
  private static final long EPOCH_MICROS = 1_767_225_600_000_000L;

  private final Random random;
  private final PriorityQueue<Task> tasks =
      new PriorityQueue<>((a, b) ->
          a.dueNanos != b.dueNanos
              ? Long.compare(a.dueNanos, b.dueNanos)
              : Long.compare(a.rank, b.rank));
  private long nowNanos;

  SimScheduler(Random random) {
    this.random = random;
  }

  private static final class Task implements Timer {
    private final long dueNanos;
    private final long rank;
    private final Runnable action;
    private boolean over;

    Task(long dueNanos, long rank, Runnable action) {
      this.dueNanos = dueNanos;
      this.rank = rank;
      this.action = action;
    }

    @Override
    public boolean cancel() {
      boolean pending = !over;
      over = true;
      return pending;
    }
  }

  @Override
  public long epochMicros() {
    return EPOCH_MICROS + nowNanos / 1000;
  }

  @Override
  public long nanoTime() {
    return nowNanos;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    Task task = new Task(nowNanos + Math.max(1, delayNanos), random.nextLong(), action);
    tasks.add(task);
    return task;
  }

  @Override
  public Future<Void> yieldTurn() {
    Promise<Void> promise = Promise.promise();
    schedule(1, promise::complete);
    return promise.future();
  }

  @Override
  public void execute(Runnable action) {
    schedule(1, action);
  }

  /// Lets time pass until there is nothing left to do or the condition holds.
  void runUntil(java.util.function.BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Task task = tasks.poll();
      if (task == null) {
        return;
      }
      nowNanos = Math.max(nowNanos, task.dueNanos);
      if (!task.over) {
        task.over = true;
        task.action.run();
      }
    }
  }

  /// Runs until the future has completed, and returns its result.
  <T> T await(Future<T> future) {
    runUntil(future::isComplete);
    if (!future.isComplete()) {
      throw new AssertionError("nothing left to do, and the future has not completed");
    }
    if (future.failed()) {
      if (future.cause() instanceof RuntimeException e) {
        throw e;
      }
      throw new AssertionError(future.cause());
    }
    return future.result();
  }

  /// Power off: nothing that was planned happens.
  void clear() {
    tasks.clear();
  }
}
