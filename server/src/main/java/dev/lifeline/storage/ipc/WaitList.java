package dev.lifeline.storage.ipc;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Those who wait for one event. Each has a promise of its own and goes on on its own event loop.
/// Once the event has come, it stays: who comes later does not wait.
public final class WaitList {
  private final Wakeup wakeup;
  private @Nullable List<Promise<Void>> waiters = new ArrayList<>(2);
  private @Nullable Throwable failure;

  public WaitList(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  public Future<Void> await() {
    synchronized (this) {
      if (waiters != null) {
        Promise<Void> promise = wakeup.promise();
        waiters.add(promise);
        return promise.future();
      }
      return failure == null ? Future.succeededFuture() : Future.failedFuture(failure);
    }
  }

  /// The event has come.
  public void complete() {
    for (Promise<Void> waiter : end(null)) {
      waiter.complete();
    }
  }

  /// It will not come.
  public void fail(Throwable cause) {
    for (Promise<Void> waiter : end(cause)) {
      waiter.fail(cause);
    }
  }

  private List<Promise<Void>> end(@Nullable Throwable cause) {
    synchronized (this) {
      List<Promise<Void>> ended = waiters;
      waiters = null;
      failure = cause;
      return ended == null ? List.of() : ended;
    }
  }
}
