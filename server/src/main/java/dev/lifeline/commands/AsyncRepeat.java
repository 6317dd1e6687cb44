package dev.lifeline.commands;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/// Repeats an asynchronous piece of work until it says that there is no more; however many of them
/// complete at once, the stack does not grow.
final class AsyncRepeat {
  private final Supplier<Future<Boolean>> work;
  private final Promise<Void> done = Promise.promise();

  private AsyncRepeat(Supplier<Future<Boolean>> work) {
    this.work = work;
  }

  /// @param work says whether there is more to do
  static Future<Void> whileTrue(Supplier<Future<Boolean>> work) {
    AsyncRepeat repeat = new AsyncRepeat(work);
    repeat.run();
    return repeat.done.future();
  }

  private void run() {
    while (true) {
      Future<Boolean> piece;
      try {
        piece = work.get();
      } catch (RuntimeException e) {
        done.fail(e);
        return;
      }
      if (!piece.isComplete()) {
        piece.onComplete(result -> {
          if (result.failed()) {
            done.fail(result.cause());
          } else if (result.result()) {
            run();
          } else {
            done.complete();
          }
        });
        return;
      }
      if (piece.failed()) {
        done.fail(piece.cause());
        return;
      }
      if (!piece.result()) {
        done.complete();
        return;
      }
    }
  }
}
