package dev.lifeline.tcop;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.PriorityQueue;

/// Virtual time on one thread. Nothing happens but in [#run] and [#advanceMillis].
final class FakeTime implements Clock, Timers {
  private long nanos;
  private long order;
  private final Deque<Runnable> turns = new ArrayDeque<>();
  private final PriorityQueue<Scheduled> scheduled =
      new PriorityQueue<>(
          Comparator.comparingLong((Scheduled s) -> s.at).thenComparingLong(s -> s.order));

  private static final class Scheduled implements Timer {
    private final long at;
    private final long order;
    private final Runnable action;
    private boolean done;

    Scheduled(long at, long order, Runnable action) {
      this.at = at;
      this.order = order;
      this.action = action;
    }

    @Override
    public boolean cancel() {
      boolean was = !done;
      done = true;
      return was;
    }
  }

  @Override
  public long epochMicros() {
    return 1_800_000_000_000_000L + nanos / 1000;
  }

  @Override
  public long nanoTime() {
    return nanos;
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    Scheduled timer = new Scheduled(nanos + delayNanos, order++, action);
    scheduled.add(timer);
    return timer;
  }

  @Override
  public Future<Void> yieldTurn() {
    Promise<Void> turn = Promise.promise();
    turns.add(turn::complete);
    return turn.future();
  }

  @Override
  public void execute(Runnable action) {
    turns.add(action);
  }

  /// Runs what is due now.
  void run() {
    while (!turns.isEmpty()) {
      turns.remove().run();
    }
  }

  void advanceMillis(long millis) {
    long until = nanos + millis * 1_000_000;
    run();
    while (!scheduled.isEmpty() && scheduled.peek().at <= until) {
      Scheduled next = scheduled.remove();
      nanos = Math.max(nanos, next.at);
      if (next.cancel()) {
        next.action.run();
      }
      run();
    }
    nanos = until;
  }
}
