package dev.lifeline.utils;

import io.vertx.core.Future;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs an operation of the storage until it has happened: see [NotYet].
public final class Retry {
  private Retry() {}

  /// Calls the operation, and again whenever what it waited for has come. A result that is there at
  /// once costs one completed future.
  public static <T extends @Nullable Object> Future<T> call(Supplier<T> operation) {
    try {
      return Future.succeededFuture(operation.get());
    } catch (NotYet notYet) {
      return notYet.until().compose(ignored -> call(operation));
    } catch (RuntimeException e) {
      return Future.failedFuture(e);
    }
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
