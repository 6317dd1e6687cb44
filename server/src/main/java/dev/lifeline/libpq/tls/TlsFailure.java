package dev.lifeline.libpq.tls;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.Severity;
import dev.lifeline.utils.error.SqlState;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateException;
import java.util.Locale;
import javax.net.ssl.SSLException;

/// Why a handshake failed, in the words that PostgreSQL's log has for it. The client is told by TLS
/// itself.
public final class TlsFailure {
  private TlsFailure() {}

  /// What the log is told.
  ///
  /// @param context what the client was offered
  public static PgException report(Throwable failure, TlsContext context) {
    String reason = reason(failure);
    PgException report =
        new PgException(
            Severity.LOG,
            SqlState.PROTOCOL_VIOLATION,
            "could not accept SSL connection: " + reason);
    return reason.equals("unsupported protocol") || reason.equals("wrong version number")
        ? report.hint(
            "This may indicate that the client does not support any SSL protocol version between"
                + " %s.",
            context.protocolRange())
        : report;
  }

  private static String reason(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertificateException) {
        return "certificate verify failed";
      }
      if (cause instanceof ClosedChannelException) {
        return "EOF detected";
      }
    }
    String message = String.valueOf(failure.getMessage());
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("fatal alert: ")) {
      String alert = message.substring(lower.indexOf("fatal alert: ") + 13);
      return "tlsv1 alert " + alert.replace('_', ' ');
    }
    if (lower.contains("protocol version")
        || lower.contains("client requested protocol")
        || lower.contains("no available protocol")) {
      return "unsupported protocol";
    }
    if (lower.contains("no cipher suites in common")) {
      return "no shared cipher";
    }
    if (lower.contains("not an ssl/tls record")) {
      return "wrong version number";
    }
    if (lower.contains("handshake timed out") || lower.contains("closed")) {
      return "EOF detected";
    }
    return failure instanceof SSLException ? message : failure.toString();
  }
}
