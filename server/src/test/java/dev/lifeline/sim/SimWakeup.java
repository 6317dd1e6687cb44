package dev.lifeline.sim;

import dev.lifeline.storage.ipc.Wakeup;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Wakes up at once, as on the same event loop, or in a later turn, as on another one.
final class SimWakeup implements Wakeup {
  private static final int LATENCY_NANOS_MAX = 50_000;

  private final SimScheduler scheduler;
  private final Random random;

  SimWakeup(SimScheduler scheduler, Random random) {
    this.scheduler = scheduler;
    this.random = random;
  }

  @Override
  public <T> Promise<T> promise() {
    return random.nextBoolean() ? Promise.promise() : new Later<>();
  }

  /// A promise whose listeners are called later.
  private final class Later<T> implements Promise<T> {
    private final Promise<T> heard = Promise.promise();
    private boolean complete;

    @Override
    public boolean tryComplete(@Nullable T result) {
      return tell(() -> heard.complete(result));
    }

    @Override
    public boolean tryFail(Throwable cause) {
      return tell(() -> heard.fail(cause));
    }

    private boolean tell(Runnable listeners) {
      if (complete) {
        return false;
      }
      complete = true;
      scheduler.schedule(1 + random.nextInt(LATENCY_NANOS_MAX), listeners);
      return true;
    }

    @Override
    public Future<T> future() {
      return heard.future();
    }
  }
}
