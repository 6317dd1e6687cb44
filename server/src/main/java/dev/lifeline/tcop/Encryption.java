package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.libpq.StartupPacket;
import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsFailure;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/// What a client is told when it asks, before its startup packet, whether its connection can be
/// encrypted. It may ask once for each kind of encryption, and has to wait for the answer: what it
/// sends before that nobody has protected, so somebody else may have put it there.
final class Encryption {
  private final BackendEnvironment environment;
  private final ClientChannel channel;
  private final SessionReports reports;
  private boolean tlsDecided;
  private boolean gssDecided;

  /// Whether TLS is being agreed on; what is handed over meanwhile did not come through it.
  private boolean handshaking;

  private @Nullable TlsSession session;

  Encryption(BackendEnvironment environment, ClientChannel channel, SessionReports reports) {
    this.environment = environment;
    this.channel = channel;
    this.reports = reports;
  }

  boolean handshaking() {
    return handshaking;
  }

  /// The connection ends in the middle of it, and not because of it: that is no failure of TLS.
  void giveUp() {
    handshaking = false;
  }

  /// Null where the connection is not encrypted.
  @Nullable TlsSession session() {
    return session;
  }

  StartupPacket read(MessageReader packet) {
    return StartupPacket.read(packet, tlsDecided, gssDecided);
  }

  /// An SSLRequest. A connection through the Unix-domain socket is never encrypted: nobody can
  /// listen to it.
  ///
  /// @param sentAlready how many bytes the client has sent without waiting
  /// @return completes with false where the two did not come to terms
  Future<Boolean> decideTls(int sentAlready) {
    tlsDecided = true;
    TlsContext context = environment.access().get().tls();
    if (context == null || channel.remoteAddress().local()) {
      refuse("SSL", sentAlready);
      return Future.succeededFuture(true);
    }
    gssDecided = true;
    if (sentAlready > 0) {
      throw unencryptedData("SSL");
    }
    handshaking = true;
    long began = environment.clock().nanoTime();
    return channel
        .startTls(context)
        .map(agreed -> {
          if (!handshaking) {
            return false;
          }
          handshaking = false;
          session = agreed;
          reports.secured(agreed, environment.clock().nanoTime() - began);
          return true;
        })
        .recover(failure -> {
          if (handshaking) {
            handshaking = false;
            reports.log(TlsFailure.report(failure, context));
          }
          return Future.succeededFuture(false);
        });
  }

  /// A GSSENCRequest.
  void refuseGss(int sentAlready) {
    gssDecided = true;
    refuse("GSSAPI encryption", sentAlready);
  }

  private void refuse(String what, int sentAlready) {
    channel.write(Buffer.buffer(1).appendByte((byte) 'N'));
    if (sentAlready > 0) {
      throw unencryptedData(what);
    }
  }

  static PgException unencryptedData(String what) {
    return PgException.fatal(
            SqlState.PROTOCOL_VIOLATION, "received unencrypted data after %s request", what)
        .detail(
            "This could be either a client-software bug or evidence of an attempted"
                + " man-in-the-middle attack.");
  }
}
