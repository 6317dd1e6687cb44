package dev.lifeline.tcop;

import dev.lifeline.executor.CopySource;
import dev.lifeline.libpq.FrontendMessage;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// The data that a client sends for COPY FROM STDIN. The session hands a message in only when the
/// statement waits for one, so no more is held here than one message.
final class CopyIn implements CopySource, CopyMessages {
  private final Runnable wanted;
  private final Interrupts interrupts;
  private @Nullable Promise<@Nullable Buffer> next;
  private boolean ended;
  private boolean synchronizationLost;

  /// @param wanted called when the statement wants data
  CopyIn(Runnable wanted, Interrupts interrupts) {
    this.wanted = wanted;
    this.interrupts = interrupts;
  }

  @Override
  public Future<@Nullable Buffer> next() {
    if (ended) {
      return Future.succeededFuture();
    }
    Promise<@Nullable Buffer> promise = Promise.promise();
    next = promise;
    wanted.run();
    return interrupts.interruptible(promise.future());
  }

  /// Whether the statement waits for a message.
  @Override
  public boolean waiting() {
    return next != null;
  }

  /// The client has sent all that it will.
  boolean ended() {
    return ended;
  }

  /// Whether the client sent something else, so that nobody knows any more what it waits for.
  @Override
  public boolean synchronizationLost() {
    return synchronizationLost;
  }

  /// Takes the client's next message.
  @Override
  public void accept(MessageReader message) {
    try {
      read(message);
    } catch (PgException e) {
      fail(e);
    }
  }

  private void read(MessageReader message) {
    switch (message.type()) {
      case FrontendMessage.COPY_DATA -> complete(message.readRemaining());
      case FrontendMessage.COPY_DONE -> {
        ended = true;
        complete(null);
      }
      case FrontendMessage.COPY_FAIL -> {
        fail(
            PgException.error(
                SqlState.QUERY_CANCELED, "COPY from stdin failed: %s", message.readString()));
      }
      case FrontendMessage.FLUSH, FrontendMessage.SYNC -> {
        // Client libraries may send these without noticing that their statement was a COPY.
      }
      default -> {
        synchronizationLost = true;
        fail(
            PgException.error(
                SqlState.PROTOCOL_VIOLATION,
                "unexpected message type 0x%02X during COPY from stdin",
                message.type()));
      }
    }
  }

  /// The client is gone.
  @Override
  public void closed() {
    fail(
        PgException.fatal(
            SqlState.CONNECTION_FAILURE,
            "unexpected EOF on client connection with an open transaction"));
  }

  private void complete(@Nullable Buffer data) {
    Promise<@Nullable Buffer> promise = next;
    if (promise != null) {
      next = null;
      promise.tryComplete(data);
    }
  }

  /// Nothing more can be read.
  @Override
  public void fail(PgException error) {
    ended = true;
    Promise<@Nullable Buffer> promise = next;
    if (promise != null) {
      next = null;
      promise.tryFail(error);
    }
  }
}
