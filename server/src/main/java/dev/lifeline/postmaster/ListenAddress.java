package dev.lifeline.postmaster;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/// What `listen_addresses` and `unix_socket_directories` mean, and how they are told.
public final class ListenAddress {
  private ListenAddress() {}

  /// The TCP addresses of a comma-separated list. Looks names up, so it may block.
  ///
  /// @throws PgException where a name cannot be looked up
  public static List<SocketAddress> tcp(String listenAddresses, int port) {
    List<SocketAddress> addresses = new ArrayList<>();
    for (String part : listenAddresses.split(",", -1)) {
      String name = part.strip();
      if (name.equals("*")) {
        addresses.add(SocketAddress.inetSocketAddress(port, "0.0.0.0"));
      } else if (!name.isEmpty()) {
        for (InetAddress address : lookUp(name)) {
          addresses.add(SocketAddress.inetSocketAddress(port, address.getHostAddress()));
        }
      }
    }
    return addresses;
  }

  private static InetAddress[] lookUp(String name) {
    try {
      return InetAddress.getAllByName(name);
    } catch (UnknownHostException e) {
      throw PgException.fatal(
          SqlState.CONFIG_FILE_ERROR,
          "could not translate host name \"%s\" to address: Name or service not known",
          name);
    }
  }

  /// The sockets of a comma-separated list of directories.
  public static List<SocketAddress> unix(String directories, int port) {
    List<SocketAddress> addresses = new ArrayList<>();
    for (String part : directories.split(",", -1)) {
      String directory = part.strip();
      if (!directory.isEmpty()) {
        addresses.add(SocketAddress.domainSocketAddress(directory + "/.s.PGSQL." + port));
      }
    }
    return addresses;
  }

  /// As the server log tells it.
  static String describe(SocketAddress address) {
    if (address.isDomainSocket()) {
      return "Unix socket \"" + address.path() + "\"";
    }
    return family(address) + " address \"" + address.host() + "\", port " + address.port();
  }

  private static String family(SocketAddress address) {
    return address.host().indexOf(':') >= 0 ? "IPv6" : "IPv4";
  }

  static PgException bindError(SocketAddress address, Throwable error) {
    String reason = reason(error);
    String what =
        address.isDomainSocket()
            ? "Unix address \"" + address.path() + "\""
            : family(address) + " address \"" + address.host() + "\"";
    PgException refused =
        PgException.fatal(SqlState.OBJECT_IN_USE, "%s", "could not bind " + what + ": " + reason);
    if (!reason.equals("Address already in use")) {
      return refused;
    }
    return address.isDomainSocket()
        ? refused.hint(
            "Is another postmaster already running on port %s? If not, remove socket file \"%s\""
                + " and retry.",
            portOf(address.path()), address.path())
        : refused.hint(
            "Is another postmaster already running on port %d? If not, wait a few seconds and"
                + " retry.",
            address.port());
  }

  private static String portOf(String path) {
    return path.substring(path.lastIndexOf('.') + 1);
  }

  private static String reason(Throwable error) {
    String message = String.valueOf(error.getMessage());
    if (message.contains("in use")) {
      return "Address already in use";
    }
    if (message.contains("ermission denied")) {
      return "Permission denied";
    }
    if (message.contains("assign requested address")) {
      return "Cannot assign requested address";
    }
    return message;
  }
}
