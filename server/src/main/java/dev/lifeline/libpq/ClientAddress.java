package dev.lifeline.libpq;

import org.jspecify.annotations.Nullable;

/// Where a client connects from.
///
/// @param host the numeric address, without a zone; null for a Unix-domain socket
/// @param port the client's port; -1 for a Unix-domain socket
public record ClientAddress(@Nullable String host, int port) {
  /// Any client that connects through the Unix-domain socket.
  public static final ClientAddress LOCAL = new ClientAddress(null, -1);

  public ClientAddress {
    if (host == null ? port != -1 : port < 0) {
      throw new IllegalArgumentException("host " + host + " with port " + port);
    }
  }

  public static ClientAddress of(String host, int port) {
    return new ClientAddress(host.indexOf(':') < 0 ? host : NumericAddress.of(host), port);
  }

  public boolean local() {
    return host == null;
  }

  /// As `log_connections` tells it: `host=127.0.0.1 port=34498`, or `host=[local]`.
  public String forLog() {
    return host == null ? "host=[local]" : "host=" + host + " port=" + port;
  }

  /// As error messages name the host: the address, or `[local]`.
  public String hostForMessage() {
    return host == null ? "[local]" : host;
  }
}
