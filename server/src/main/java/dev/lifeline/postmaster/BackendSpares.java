package dev.lifeline.postmaster;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Backend verticles that wait for a client, on each event loop.
///
/// A backend's socket, session and verticle must share one event loop, or every message would hop
/// between two. A connection arrives on the loop that accepted it, but Vert.x deploys each verticle
/// on the next loop in turn. So verticles are deployed ahead: the turns give every loop its share
/// of spares, and a connection takes one of its own loop. Where that has none, verticles are
/// deployed until one comes up on it; the others are spares of theirs.
final class BackendSpares {
  /// Spares that are kept for each event loop.
  private static final int SPARES = 8;

  private final Vertx vertx;
  private final Context postmaster;
  private final BackendForker forker;
  private final int loops;

  /// By event loop thread; each value belongs to that thread.
  private final Map<Thread, Loop> byThread = new ConcurrentHashMap<>();

  private static final class Loop {
    final Deque<BackendVerticle> spares = new ArrayDeque<>();
    final Deque<NetSocket> waiting = new ArrayDeque<>();
  }

  /// @param postmaster whose children the verticles are
  BackendSpares(Vertx vertx, Context postmaster, BackendForker forker, int loops) {
    this.vertx = vertx;
    this.postmaster = postmaster;
    this.forker = forker;
    this.loops = loops;
  }

  /// Deploys the first spares.
  void fill() {
    for (int i = 0; i < loops * SPARES; i++) {
      deploy();
    }
  }

  /// A client has connected, on the calling event loop.
  void connected(NetSocket socket) {
    Loop loop = here();
    BackendVerticle spare = loop.spares.poll();
    if (spare != null) {
      spare.serve(socket, forker);
      if (loop.spares.size() < SPARES / 2) {
        refill();
      }
      return;
    }
    // What the client sends meanwhile waits in the kernel.
    socket.pause();
    loop.waiting.add(socket);
    refill();
  }

  /// A verticle has come up, on the calling event loop.
  void ready(BackendVerticle verticle) {
    Loop loop = here();
    NetSocket socket = loop.waiting.poll();
    if (socket != null) {
      verticle.serve(socket, forker);
      if (!loop.waiting.isEmpty()) {
        refill();
      }
    } else {
      loop.spares.add(verticle);
    }
  }

  /// One for every loop.
  private void refill() {
    for (int i = 0; i < loops; i++) {
      deploy();
    }
  }

  private void deploy() {
    // Who deploys a verticle from another one makes it that one's child, which ends with it: a
    // backend must outlive the one on whose behalf it was made ready.
    postmaster.runOnContext(none -> {
      // A failure is that of a Vert.x that is being closed; the socket is closed with it.
      var _ = vertx.deployVerticle(new BackendVerticle(this), new DeploymentOptions());
    });
  }

  private Loop here() {
    return byThread.computeIfAbsent(Thread.currentThread(), thread -> new Loop());
  }
}
