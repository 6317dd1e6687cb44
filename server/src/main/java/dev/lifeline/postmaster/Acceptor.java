package dev.lifeline.postmaster;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/// Accepts connections on one event loop. One is deployed on each: Vert.x then shares the listening
/// sockets among them and gives every one its share of the connections.
final class Acceptor extends VerticleBase {
  private static final int BACKLOG = 1024;

  private final SocketAddress address;
  private final BackendSpares spares;
  private @Nullable NetServer server;

  Acceptor(SocketAddress address, BackendSpares spares) {
    this.address = address;
    this.spares = spares;
  }

  @Override
  public Future<?> start() {
    NetServerOptions options =
        new NetServerOptions()
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setAcceptBacklog(BACKLOG)
            .setReuseAddress(true);
    NetServer listener = vertx.createNetServer(options).connectHandler(spares::connected);
    server = listener;
    return listener.listen(address);
  }

  @Override
  public Future<?> stop() {
    NetServer listener = server;
    return listener == null ? Future.succeededFuture() : listener.close();
  }
}
