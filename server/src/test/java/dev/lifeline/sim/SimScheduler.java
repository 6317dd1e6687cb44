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
  private final World world;

  /// What all parts share.
  private static final class World {
    final PriorityQueue<Task> tasks =
        new PriorityQueue<>((a, b) ->
            a.dueNanos != b.dueNanos
                ? Long.compare(a.dueNanos, b.dueNanos)
                : Long.compare(a.rank, b.rank));
    long nowNanos;
  }

  SimScheduler(Random random) {
    this(random, new World());
  }

  private SimScheduler(Random random, World world) {
    this.random = random;
    this.world = world;
  }

  /// The same thread and time for a machine that can lose its power alone.
  SimScheduler part() {
    return new SimScheduler(random, world);
  }

  private static final class Task implements Timer {
    private final SimScheduler owner;
    private final long dueNanos;
    private final long rank;
    private final Runnable action;
    private boolean over;

    Task(SimScheduler owner, long dueNanos, long rank, Runnable action) {
      this.owner = owner;
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
    return EPOCH_MICROS + world.nowNanos / 1000;
  }

  @Override
  public long nanoTime() {
    return world.nowNanos;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    long due = world.nowNanos + Math.max(1, delayNanos);
    Task task = new Task(this, due, random.nextLong(), action);
    world.tasks.add(task);
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
      Task task = world.tasks.poll();
      if (task == null) {
        return;
      }
      world.nowNanos = Math.max(world.nowNanos, task.dueNanos);
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
    world.tasks.removeIf(task -> task.owner.equals(this));
  }
}
