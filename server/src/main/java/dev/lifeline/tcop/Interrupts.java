package dev.lifeline.tcop;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What has come from outside to stop a session's work: a cancel request, a timeout, a termination.
/// It is noted here and takes effect where the work looks ([#check]) or waits ([#interruptible]).
final class Interrupts {
  private @Nullable PgException cancel;
  private @Nullable PgException fatal;
  private @Nullable Promise<?> waiting;
  private boolean held;
  private Consumer<PgException> onInterrupt = error -> {};

  /// What else must be told, so that a wait ends: the lock manager.
  void onInterrupt(Consumer<PgException> action) {
    onInterrupt = action;
  }

  void cancelByUser() {
    cancel("canceling statement due to user request");
  }

  void cancelByStatementTimeout() {
    cancel("canceling statement due to statement timeout");
  }

  private void cancel(String message) {
    cancel(PgException.error(SqlState.QUERY_CANCELED, message));
  }

  /// Ends the statement with this error.
  void cancel(PgException error) {
    if (cancel == null) {
      cancel = error;
    }
    wake();
  }

  /// The session must end with this error; it outranks a cancel.
  void terminate(PgException error) {
    if (fatal == null) {
      fatal = error;
    }
    wake();
  }

  boolean terminating() {
    return fatal != null;
  }

  /// The end that is asked for, whatever is held back; null where there is none.
  @Nullable PgException fatal() {
    return fatal;
  }

  /// Forgets a cancel that came too late for the statement that it was meant for.
  void clearCancel() {
    cancel = null;
  }

  /// Holds interrupts back while a transaction ends: that must not be left half-done.
  void hold() {
    held = true;
  }

  void release() {
    held = false;
  }

  /// Throws what has come, if it is time for it.
  void check() {
    PgException error = take();
    if (error != null) {
      throw error;
    }
  }

  /// What has come; a cancel is answered once, a termination for ever.
  private @Nullable PgException take() {
    if (held) {
      return null;
    }
    if (fatal != null) {
      return fatal;
    }
    PgException error = cancel;
    cancel = null;
    return error;
  }

  private void wake() {
    Promise<?> promise = waiting;
    if (promise == null || held) {
      return;
    }
    PgException error = take();
    if (error != null) {
      waiting = null;
      // First, because the lock manager adds to the error what was waited for.
      onInterrupt.accept(error);
      promise.tryFail(error);
    }
  }

  /// Waits, but no longer than until an interrupt comes: then the future fails with its error.
  <T extends @Nullable Object> Future<T> interruptible(Future<T> wait) {
    if (wait.isComplete()) {
      return wait;
    }
    PgException error = take();
    if (error != null) {
      return Future.failedFuture(error);
    }
    Promise<T> promise = Promise.promise();
    waiting = promise;
    wait.onComplete(done -> {
      if (promise.equals(waiting)) {
        waiting = null;
      }
      if (done.succeeded()) {
        promise.tryComplete(done.result());
      } else {
        promise.tryFail(done.cause());
      }
    });
    return promise.future();
  }
}
