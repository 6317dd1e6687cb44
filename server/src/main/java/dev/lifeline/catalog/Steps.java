package dev.lifeline.catalog;

import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.Retry;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// What a command still has to do, in order. Each step is an operation of the storage, which may
/// throw [NotYet]; a step that has happened is gone and is not done again, so that the command as a
/// whole may be called again and again until it is done.
///
/// A step may add steps: they come next, before those that were there.
public final class Steps {
  private final Deque<Runnable> pending = new ArrayDeque<>();
  private @Nullable Deque<Runnable> added;

  /// Adds a step at the end or, from within a step, right after it.
  public Steps add(Runnable step) {
    Deque<Runnable> target = added;
    (target == null ? pending : target).addLast(step);
    return this;
  }

  /// Adds a step that is over when the future is, which is asked for once.
  public Steps await(Supplier<? extends Future<?>> operation) {
    return add(new Awaited(operation));
  }

  /// Does all steps.
  ///
  /// @throws NotYet while one has to wait; the steps before it are done
  public void run() {
    while (!pending.isEmpty()) {
      Deque<Runnable> next = new ArrayDeque<>();
      added = next;
      try {
        pending.getFirst().run();
        pending.removeFirst();
      } catch (NotYet notYet) {
        next.clear();
        throw notYet;
      } finally {
        added = null;
      }
      while (!next.isEmpty()) {
        pending.addFirst(next.removeLast());
      }
    }
  }

  /// Does all steps, waiting where one has to.
  public Future<Void> toFuture() {
    return Retry.run(this::run);
  }

  private static final class Awaited implements Runnable {
    private final Supplier<? extends Future<?>> operation;
    private @Nullable Future<?> future;

    Awaited(Supplier<? extends Future<?>> operation) {
      this.operation = operation;
    }

    @Override
    public void run() {
      Future<?> started = future;
      if (started == null) {
        started = operation.get();
        future = started;
      }
      if (!started.isComplete()) {
        throw new NotYet(started);
      }
      if (started.failed()) {
        Throwable cause = started.cause();
        throw cause instanceof RuntimeException e ? e : new IllegalStateException(cause);
      }
    }
  }
}
