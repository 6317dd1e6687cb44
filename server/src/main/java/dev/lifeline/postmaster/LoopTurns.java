package dev.lifeline.postmaster;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;

/// Who has given up its turn on an event loop and wants the next one. Formally:
///
/// 1. Between two turns the loop looks at its sockets and serves all that have something.
/// 2. However many wait for a turn, one of them gets it before the loop looks again.
///
/// A task that is merely put behind the others keeps neither: Netty runs its tasks until there are
/// none, and one that puts itself behind the others again and again keeps it from its sockets for a
/// second. Timers that are due are fetched once in each round, after the sockets.
///
/// Belongs to the event loop's thread.
final class LoopTurns {
  private static final FastThreadLocal<LoopTurns> OF_THREAD =
      new FastThreadLocal<>() {
        @Override
        protected LoopTurns initialValue() {
          return new LoopTurns();
        }
      };

  private final Deque<Waiting> waiting = new ArrayDeque<>();

  private record Waiting(Context context, Promise<Void> turn) {}

  private LoopTurns() {}

  /// Completes on the context when it has its next turn.
  static Future<Void> next(ContextInternal context) {
    EventLoop loop = context.nettyEventLoop();
    Promise<Void> turn = Promise.promise();
    if (loop.inEventLoop()) {
      OF_THREAD.get().add(new Waiting(context, turn), loop);
    } else {
      // Whoever runs elsewhere holds nobody up here.
      context.runOnContext(none -> turn.complete());
    }
    return turn.future();
  }

  private void add(Waiting next, EventLoop loop) {
    waiting.add(next);
    if (waiting.size() == 1) {
      afterSockets(loop);
    }
  }

  private void afterSockets(EventLoop loop) {
    // It fails only where the loop is being closed, with all who wait.
    var _ = loop.schedule(() -> give(loop), 0, TimeUnit.NANOSECONDS);
  }

  /// Beside the loops there are clients on the same cores, whom the kernel would let wait for the
  /// rest of this thread's slice, which is ten times a turn; so the core is given up as well.
  @SuppressWarnings("ThreadPriorityCheck") // nothing depends on it but the latency of others
  private void give(EventLoop loop) {
    Thread.yield();
    Waiting first = waiting.remove();
    if (!waiting.isEmpty()) {
      afterSockets(loop);
    }
    first.context.runOnContext(none -> first.turn.complete());
  }
}
