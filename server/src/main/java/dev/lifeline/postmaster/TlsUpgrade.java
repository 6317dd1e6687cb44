package dev.lifeline.postmaster;

import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsSession;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.ssl.SslHandler;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/// Turns a plain connection into an encrypted one, on the socket that it has.
///
/// The engine is put in front of what Vert.x has in the channel's pipeline, so that the rest of the
/// connection notices nothing. Vert.x's own upgrade takes its certificates from the listening
/// socket; a connection here takes those of the last reload.
final class TlsUpgrade {
  private TlsUpgrade() {}

  /// Answers the client with yes, and completes after the handshake. On the channel's event loop.
  static Future<TlsSession> start(ChannelHandlerContext own, TlsContext context) {
    Promise<TlsSession> done = Promise.promise();
    SslHandler handler = new SslHandler(context.engine());
    // How long the client may take is `authentication_timeout`.
    handler.setHandshakeTimeoutMillis(0);
    // Before the handler is there, which would encrypt the answer.
    var _ = own.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {'S'}));
    own.pipeline().addFirst("tls", handler);
    handler
        .handshakeFuture()
        .addListener(handshake -> {
          if (handshake.isSuccess()) {
            done.tryComplete(TlsSession.of(handler.engine().getSession()));
          } else {
            done.tryFail(handshake.cause());
          }
        });
    return done.future();
  }
}
