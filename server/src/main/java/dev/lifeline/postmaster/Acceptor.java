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
  /// PostgreSQL's PG_SOMAXCONN. The kernel takes what it allows of it.
  private static final int BACKLOG_MAX = 10_000;

  private final SocketAddress address;
  private final Admittance admittance;
  private @Nullable NetServer server;

  Acceptor(SocketAddress address, Admittance admittance) {
    this.address = address;
    this.admittance = admittance;
  }

  @Override
  public Future<?> start() {
    NetServerOptions options =
        new NetServerOptions()
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true)
            .setAcceptBacklog(Math.min(admittance.clientsMax(), BACKLOG_MAX))
            .setReuseAddress(true);
    NetServer listener = vertx.createNetServer(options).connectHandler(admittance::connected);
    server = listener;
    return listener.listen(address);
  }

  @Override
  public Future<?> stop() {
    NetServer listener = server;
    return listener == null ? Future.succeededFuture() : listener.close();
  }
}
