package dev.lifeline.utils;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;

/// Repeats a piece of work that may have to wait. However many pieces complete at once, the stack
/// does not grow; and there is one promise for the whole loop, because a chain of them would
/// complete by a recursion as deep as the loop was long.
public final class AsyncLoop {
  private final Supplier<Future<Boolean>> work;
  private final Promise<Void> ended = Promise.promise();

  private AsyncLoop(Supplier<Future<Boolean>> work) {
    this.work = work;
  }

  /// Calls the work again as long as there is more to do; its failure ends the loop.
  ///
  /// @param work says whether there is more
  public static Future<Void> whileTrue(Supplier<Future<Boolean>> work) {
    AsyncLoop loop = new AsyncLoop(work);
    loop.run();
    return loop.ended.future();
  }

  private void run() {
    while (true) {
      Future<Boolean> piece;
      try {
        piece = work.get();
      } catch (Throwable t) {
        ended.fail(t);
        return;
      }
      if (!piece.isComplete()) {
        piece.onComplete(result -> {
          if (result.failed()) {
            ended.fail(result.cause());
          } else if (result.result()) {
            run();
          } else {
            ended.complete();
          }
        });
        return;
      }
      if (piece.failed()) {
        ended.fail(piece.cause());
        return;
      }
      if (!piece.result()) {
        ended.complete();
        return;
      }
    }
  }
}
