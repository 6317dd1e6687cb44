package dev.lifeline.postmaster;

import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.tcop.CanAcceptConnections;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Vertx;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/// The door: how many clients are connected, whether they have said who they are or not.
///
/// A client takes one of the `max_connections` places when its startup packet has come. One that
/// never sends it takes none, but it has a socket, and the sockets of all are files of one process:
/// without a bound, silent clients would take the files that the WAL is written into. As PostgreSQL
/// forks no more than so many backends, so does this let in no more than so many clients; whoever
/// comes then is told `sorry, too many clients already`, without being asked for anything.
///
/// Used by the acceptors of all event loops.
final class Admittance {
  private final Vertx vertx;
  private final int clientsMax;
  private final Consumer<NetSocket> admitted;
  private final Consumer<PgException> refused;
  private final AtomicInteger clients = new AtomicInteger();

  /// @param admitted takes who is let in, on the socket's event loop
  /// @param refused is told of who is not
  Admittance(
      Vertx vertx, int clientsMax, Consumer<NetSocket> admitted, Consumer<PgException> refused) {
    this.vertx = vertx;
    this.clientsMax = clientsMax;
    this.admitted = admitted;
    this.refused = refused;
  }

  int clientsMax() {
    return clientsMax;
  }

  /// A client has connected, on the calling event loop.
  void connected(NetSocket socket) {
    if (clients.incrementAndGet() > clientsMax) {
      clients.decrementAndGet();
      refuse(socket);
      return;
    }
    ((NetSocketInternal) socket)
        .channelHandlerContext()
        .channel()
        .closeFuture()
        .addListener(closed -> clients.decrementAndGet());
    admitted.accept(socket);
  }

  private void refuse(NetSocket socket) {
    PgException refusal = Objects.requireNonNull(CanAcceptConnections.TOO_MANY.refusal());
    refused.accept(refusal);
    SocketChannel channel = new SocketChannel(socket, vertx);
    BackendWriter writer = new BackendWriter(channel);
    writer.report(refusal, null);
    writer.flush();
    // Nothing depends on when it is gone.
    var _ = channel.close();
  }
}
