package dev.lifeline.libpq;

import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;

/// The connection to one client, as a session sees it: a socket in production, a script in a
/// simulation. Belongs to the session's event loop. What arrives is handed to
/// [dev.lifeline.tcop.Backend#handle], its end to [dev.lifeline.tcop.Backend#closed].
public interface ClientChannel {
  ClientAddress remoteAddress();

  /// Queues the bytes; the buffer is the channel's from now on. A client that has gone is not an
  /// error here: the session learns it by [dev.lifeline.tcop.Backend#closed].
  void write(Buffer bytes);

  /// Whether so much is queued that no more should be written before [#writable] completes.
  boolean writeQueueFull();

  /// Completes when there is room again, and also when the connection ends. At once where there is
  /// room.
  Future<Void> writable();

  /// Stops reading from the client; what has been read may still be handed over.
  void pause();

  void resume();

  /// Answers a client that has asked for TLS with yes, and goes on encrypted. Completes after the
  /// handshake; what is handed over before that did not come through TLS.
  default Future<TlsSession> startTls(TlsContext context) {
    return Future.failedFuture(PgException.notSupported("TLS"));
  }

  /// Looks up what the client's host is called. Never fails.
  default Future<ClientHost> host() {
    return Future.succeededFuture(
        new ClientHost(null, ClientHost.State.ADDRESS_LOOKUP_FAILED, "Name or service not known"));
  }

  /// Asks the operating system who is at the other end of a Unix-domain socket.
  default Future<String> peerUser() {
    return Future.failedFuture(PgException.notSupported("peer authentication"));
  }

  /// How the operating system finds out that the client is gone. Where it is not on the network
  /// there is nothing to find out.
  ///
  /// @param refused told of what the operating system does not take
  default void tcpOptions(TcpOptions options, Consumer<String> refused) {}

  /// What is in force of these; zeros where the client is not on the network.
  default TcpOptions tcpOptionsInForce() {
    return TcpOptions.SYSTEM;
  }

  /// Closes the connection after what was written is sent.
  Future<Void> close();
}
