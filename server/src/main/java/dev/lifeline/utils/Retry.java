package dev.lifeline.utils;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Runs an operation of the storage until it has happened: see [NotYet].
public final class Retry {
  private Retry() {}

  /// Calls the operation, and again whenever what it waited for has come. A result that is there at
  /// once costs one completed future.
  public static <T extends @Nullable Object> Future<T> call(Supplier<T> operation) {
    return call(operation, UnaryOperator.identity());
  }

  /// As [#call(Supplier)], where a wait may be given up.
  ///
  /// @param waiting makes of what is waited for a future that may fail before that
  public static <T extends @Nullable Object> Future<T> call(
      Supplier<T> operation, UnaryOperator<Future<?>> waiting) {
    try {
      return Future.succeededFuture(operation.get());
    } catch (NotYet notYet) {
      Promise<T> result = Promise.promise();
      again(notYet, operation, waiting, result);
      return result.future();
    } catch (RuntimeException | Error e) {
      return Future.failedFuture(e);
    }
  }

  /// One promise however often it has to wait: a chain of futures would complete by a recursion as
  /// deep as it is long.
  private static <T extends @Nullable Object> void again(
      NotYet notYet, Supplier<T> operation, UnaryOperator<Future<?>> waiting, Promise<T> result) {
    waiting
        .apply(notYet.until())
        .onComplete(done -> {
          if (done.failed()) {
            result.fail(done.cause());
            return;
          }
          try {
            result.complete(operation.get());
          } catch (NotYet once) {
            again(once, operation, waiting, result);
          } catch (RuntimeException | Error e) {
            result.fail(e);
          }
        });
  }

  /// As [#call(Supplier)], for an operation without a result.
  public static Future<Void> run(Runnable operation) {
    return call(
            () -> {
              operation.run();
              return Boolean.TRUE;
            })
        .mapEmpty();
  }
}
