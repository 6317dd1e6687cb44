package dev.lifeline.postmaster;

import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.tcop.Backend;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.Timers;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A connection in the simulator, with both its ends. Bytes take their time, arrive in order and in
/// pieces of any size; when one end closes, the other learns it after what was sent before.
public final class SimulatedPipe implements BackendChannel {
  private final Clock clock;
  private final Timers timers;
  private final Random random;
  private final int queueBytesMax;
  private final Consumer<Buffer> toClient;
  private final Runnable clientClosed;

  private final Deque<Buffer> held = new ArrayDeque<>();
  private @Nullable Backend backend;
  private Consumer<Throwable> onError = e -> {};
  private @Nullable Promise<Void> writable;
  private long serverBoundUntil;
  private long clientBoundUntil;
  private int queued;
  private boolean paused;
  private boolean endHeld;
  private boolean serverClosed;
  private boolean clientGone;

  /// @param toClient gets what the server sends
  /// @param clientClosed told when the server has closed the connection
  public SimulatedPipe(
      Clock clock, Timers timers, Random random, Consumer<Buffer> toClient, Runnable clientClosed) {
    this.clock = clock;
    this.timers = timers;
    this.random = random;
    this.queueBytesMax = random.nextInt(4) == 0 ? 256 : 64 << 10;
    this.toClient = toClient;
    this.clientClosed = clientClosed;
  }

  private long latency() {
    return 1_000L + random.nextInt(random.nextInt(20) == 0 ? 20_000_000 : 200_000);
  }

  /// The client sends.
  public void send(Buffer bytes) {
    int at = 0;
    while (at < bytes.length()) {
      int length =
          random.nextInt(3) == 0 ? 1 + random.nextInt(bytes.length() - at) : bytes.length() - at;
      Buffer piece = bytes.getBuffer(at, at + length);
      at += length;
      serverBound(() -> {
        held.add(piece);
        deliver();
      });
    }
  }

  /// The client is gone; what it sent still arrives.
  public void disconnect() {
    clientGone = true;
    serverBound(() -> {
      endHeld = true;
      queued = 0;
      becameWritable();
      deliver();
    });
  }

  private void serverBound(Runnable arrival) {
    serverBoundUntil = Math.max(serverBoundUntil + 1, clock.nanoTime() + latency());
    timers.schedule(serverBoundUntil - clock.nanoTime(), arrival);
  }

  private void deliver() {
    Backend to = backend;
    if (to == null || paused || serverClosed) {
      return;
    }
    while (!held.isEmpty() && !paused && !serverClosed) {
      Buffer next = held.poll();
      guarded(() -> to.handle(next));
    }
    if (endHeld && held.isEmpty() && !serverClosed) {
      endHeld = false;
      guarded(to::closed);
    }
  }

  private void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      onError.accept(e);
    }
  }

  @Override
  public void attach(Backend attached, Consumer<Throwable> failed) {
    backend = attached;
    onError = failed;
    deliver();
  }

  @Override
  public ClientAddress remoteAddress() {
    return ClientAddress.LOCAL;
  }

  @Override
  public void write(Buffer bytes) {
    if (serverClosed) {
      return;
    }
    queued += bytes.length();
    clientBound(() -> {
      queued -= bytes.length();
      becameWritable();
      if (!clientGone) {
        toClient.accept(bytes);
      }
    });
  }

  private void clientBound(Runnable arrival) {
    clientBoundUntil = Math.max(clientBoundUntil + 1, clock.nanoTime() + latency());
    timers.schedule(clientBoundUntil - clock.nanoTime(), arrival);
  }

  private void becameWritable() {
    Promise<Void> promise = writable;
    if (promise != null && !writeQueueFull()) {
      writable = null;
      promise.complete();
    }
  }

  @Override
  public boolean writeQueueFull() {
    return !serverClosed && !clientGone && queued > queueBytesMax;
  }

  @Override
  public Future<Void> writable() {
    if (!writeQueueFull()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = writable;
    if (promise == null) {
      promise = Promise.promise();
      writable = promise;
    }
    return promise.future();
  }

  @Override
  public void pause() {
    paused = true;
  }

  @Override
  public void resume() {
    if (paused) {
      paused = false;
      timers.execute(this::deliver);
    }
  }

  /// Closing is told to both ends, as a socket's close handler does.
  @Override
  public Future<Void> close() {
    if (serverClosed) {
      return Future.succeededFuture();
    }
    serverClosed = true;
    clientBound(() -> {
      if (!clientGone) {
        clientClosed.run();
      }
    });
    Promise<Void> promise = writable;
    writable = null;
    timers.execute(() -> {
      if (promise != null) {
        promise.tryComplete();
      }
      Backend to = backend;
      if (to != null) {
        guarded(to::closed);
      }
    });
    return Future.succeededFuture();
  }
}
