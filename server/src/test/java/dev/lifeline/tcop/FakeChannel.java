package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientChannel;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// A client's end of a connection: keeps what the server writes until the test looks.
final class FakeChannel implements ClientChannel {
  private final ClientAddress address;
  private Buffer received = Buffer.buffer();
  private long total;
  private @Nullable Promise<Void> drained;
  private boolean full;
  boolean paused;
  boolean closed;

  FakeChannel(ClientAddress address) {
    this.address = address;
  }

  @Override
  public ClientAddress remoteAddress() {
    return address;
  }

  @Override
  public void write(Buffer bytes) {
    if (closed) {
      throw new AssertionError("written after close");
    }
    received.appendBuffer(bytes);
    total += bytes.length();
  }

  @Override
  public boolean writeQueueFull() {
    return full;
  }

  @Override
  public Future<Void> writable() {
    if (!full) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = drained;
    if (promise == null) {
      promise = Promise.promise();
      drained = promise;
    }
    return promise.future();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    paused = false;
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return Future.succeededFuture();
  }

  long total() {
    return total;
  }

  /// The client does not read any more, or reads on.
  void full(boolean isFull) {
    full = isFull;
    Promise<Void> promise = drained;
    if (!full && promise != null) {
      drained = null;
      promise.complete();
    }
  }

  Buffer take() {
    Buffer taken = received;
    received = Buffer.buffer();
    return taken;
  }
}
