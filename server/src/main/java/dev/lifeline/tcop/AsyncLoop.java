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
    Promise<Void> ended = Promise.promise();
    go(step, ended);
    return ended.future();
  }

  /// One promise for the whole loop: a chain of them would complete by a recursion as deep as the
  /// loop was long.
  private static void go(Supplier<@Nullable Future<Void>> step, Promise<Void> ended) {
    while (true) {
      Future<Void> wait;
      try {
        wait = step.get();
      } catch (Throwable t) {
        ended.fail(t);
        return;
      }
      if (wait == null) {
        ended.complete();
        return;
      }
      if (wait.failed()) {
        ended.fail(wait.cause());
        return;
      }
      if (!wait.isComplete()) {
        wait.onComplete(done -> {
          if (done.failed()) {
            ended.fail(done.cause());
          } else {
            go(step, ended);
          }
        });
        return;
      }
    }
  }
}
