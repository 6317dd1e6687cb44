package dev.lifeline.main;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.concurrent.ExecutionException;

/// Waits for futures on a thread that may wait: the command line's own.
final class Blocking {
  private Blocking() {}

  /// The future's result.
  ///
  /// @throws PgException what it failed of, when it is one
  static <T> T await(Future<T> future) {
    return await((java.util.concurrent.Future<T>) future.toCompletionStage().toCompletableFuture());
  }

  /// As [#await(Future)].
  static <T> T await(java.util.concurrent.Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof PgException refused) {
        throw refused;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
