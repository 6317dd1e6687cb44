package dev.lifeline.tcop;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Repeats a step that may have to wait, without growing the stack where it does not.
final class AsyncLoop {
  private AsyncLoop() {}

  /// Calls the step until it answers null.
  ///
  /// @param step answers what to wait for before it is called again; its failure ends the loop
  static Future<Void> run(Supplier<@Nullable Future<Void>> step) {
    while (true) {
      Future<Void> wait;
      try {
        wait = step.get();
      } catch (Throwable t) {
        return Future.failedFuture(t);
      }
      if (wait == null) {
        return Future.succeededFuture();
      }
      if (wait.failed()) {
        return wait;
      }
      if (!wait.isComplete()) {
        Promise<Void> promise = Promise.promise();
        continueAfter(wait, step, promise);
        return promise.future();
      }
    }
  }

  private static void continueAfter(
      Future<Void> wait, Supplier<@Nullable Future<Void>> step, Promise<Void> promise) {
    wait.onComplete(done -> {
      if (done.failed()) {
        promise.fail(done.cause());
      } else {
        run(step).onComplete(promise);
      }
    });
  }
}
