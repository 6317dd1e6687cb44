package dev.lifeline.postmaster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.utils.Timers;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What computes for long in turns leaves the sockets of its event loop theirs.
class LoopTurnsTest {
  private static final long TURN_NANOS = 500_000;

  private Vertx vertx;
  private Context context;
  private Timers timers;

  /// Of one event loop, so that all share it.
  @BeforeEach
  void open() {
    vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    context = vertx.getOrCreateContext();
    timers = new VertxTimers(vertx, context);
  }

  @AfterEach
  void close() throws TimeoutException {
    vertx.close().await(10, TimeUnit.SECONDS);
  }

  /// Takes turns, each of half a millisecond.
  private final class Heavy {
    private final String name;
    private final List<String> told;
    private final Promise<Void> done = Promise.promise();
    private int left;

    Heavy(String name, int turns, List<String> told) {
      this.name = name;
      this.left = turns;
      this.told = told;
    }

    void work() {
      long end = System.nanoTime() + TURN_NANOS;
      while (System.nanoTime() < end) {
        Thread.onSpinWait();
      }
      told.add(name);
      left--;
      if (left == 0) {
        done.complete();
      } else {
        timers.yieldTurn().onSuccess(mine -> work());
      }
    }
  }

  /// With a turn that is merely put behind the other tasks nothing is answered before the end:
  /// Netty runs tasks for up to a second.
  @Test
  void socketsAreServedBetweenTurns() throws IOException, TimeoutException {
    int port =
        vertx
            .createNetServer()
            .connectHandler(socket -> socket.handler(socket::write))
            .listen(0, "127.0.0.1")
            .await(10, TimeUnit.SECONDS)
            .actualPort();
    List<String> told = Collections.synchronizedList(new ArrayList<>());
    Heavy heavy = new Heavy("turn", 600, told);
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setTcpNoDelay(true);
      ping(client);
      context.runOnContext(none -> heavy.work());
      for (int i = 0; i < 20; i++) {
        ping(client);
        told.add("ping");
        LockSupport.parkNanos(1_000_000);
      }
      heavy.done.future().await(20, TimeUnit.SECONDS);
    }
    List<String> afterPings = told.subList(told.lastIndexOf("ping"), told.size());
    assertTrue(afterPings.size() > 100, () -> "the last answer came before the last " + afterPings);
  }

  private static void ping(Socket client) throws IOException {
    client.getOutputStream().write(1);
    assertEquals(1, client.getInputStream().read());
  }

  /// Two that compute for long take turns with each other.
  @Test
  void everybodyGetsTheNextTurnInOrder() throws TimeoutException {
    List<String> told = new ArrayList<>();
    Heavy first = new Heavy("a", 20, told);
    Heavy second = new Heavy("b", 20, told);
    Heavy third = new Heavy("c", 20, told);
    context.runOnContext(none -> {
      first.work();
      second.work();
      third.work();
    });
    third.done.future().await(10, TimeUnit.SECONDS);
    assertEquals("abc".repeat(20), String.join("", told));
  }

  /// A thread of its own holds nobody up, and gets what it asked for.
  @Test
  void anotherThreadMayAskToo() throws TimeoutException {
    timers.yieldTurn().await(10, TimeUnit.SECONDS);
  }
}
