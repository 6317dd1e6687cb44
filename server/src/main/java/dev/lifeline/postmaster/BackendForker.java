package dev.lifeline.postmaster;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;

/// Forks a client backend into a verticle that waits for one.
interface BackendForker {
  /// Called on the verticle's event loop, which is the socket's too.
  BackendProcess fork(NetSocket socket, Vertx vertx, Context context, String deploymentId);
}
