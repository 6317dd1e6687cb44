package dev.lifeline.postmaster;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/// The verticle of a client backend. It is deployed before its client comes and waits as a spare of
/// its event loop: see [BackendSpares] for why.
final class BackendVerticle extends VerticleBase {
  private final BackendSpares spares;
  private @Nullable BackendProcess process;

  BackendVerticle(BackendSpares spares) {
    this.spares = spares;
  }

  @Override
  public Future<?> start() {
    spares.ready(this);
    return Future.succeededFuture();
  }

  /// Becomes the backend of this client. Called on the verticle's own event loop.
  void serve(NetSocket socket, BackendForker forker) {
    Context own = context;
    own.runOnContext(none -> process = forker.fork(socket, vertx, own, deploymentID()));
  }

  @Override
  public Future<?> stop() {
    BackendProcess running = process;
    if (running != null) {
      running.kill();
    }
    return Future.succeededFuture();
  }
}
