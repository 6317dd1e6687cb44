package dev.lifeline.libpq.client;

import dev.lifeline.utils.Timers;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The way to another server: sockets in production, a script in a test.
public interface Dialer {
  /// No network.
  Dialer NONE =
      address -> Future.failedFuture(PgException.notSupported("connecting to another server"));

  /// What a failure says where nobody knows the host.
  String UNKNOWN_HOST = "Name or service not known";

  /// Connects; what arrives is delivered on the caller's event loop. Fails with what the operating
  /// system says.
  Future<Socket> dial(Address address);

  /// Where a server listens.
  ///
  /// @param host its name or address; the directory of the socket where it begins with a slash
  record Address(String host, int port) {
    boolean isUnix() {
      return host.startsWith("/");
    }

    /// The file of a Unix-domain socket; null where it is on the network.
    public @Nullable String path() {
      return isUnix() ? host + "/.s.PGSQL." + port : null;
    }

    /// As libpq's messages name it.
    String describe() {
      return isUnix()
          ? "connection to server on socket \"" + path() + "\""
          : "connection to server at \"" + host + "\", port " + port;
    }

    /// What libpq asks when nobody listens.
    String question() {
      return isUnix()
          ? "\tIs the server running locally and accepting connections on that socket?"
          : "\tIs the server running on that host and accepting TCP/IP connections?";
    }
  }

  /// How to encrypt.
  ///
  /// @param rootCertificate the file of those that sign a server's certificate; null: any will do
  /// @param hostName that the certificate must have; null: any
  /// @param certificate the file of the client's own, and of its key; null for none
  record Tls(
      @Nullable String rootCertificate,
      @Nullable String hostName,
      @Nullable String certificate,
      @Nullable String key) {}

  /// A connection. Belongs to the event loop that dialled.
  interface Socket {
    /// From now on what arrives goes there, and the end of the connection is told once.
    void attach(Consumer<Buffer> arrived, Runnable closed);

    void write(Buffer bytes);

    void pause();

    void resume();

    /// Encrypts from here on. Nothing may be under way in either direction.
    Future<Void> startTls(Tls tls);

    void close();
  }

  /// Gives a wait up after some time; 0 never.
  static <T> Future<T> within(Timers timers, long seconds, Future<T> wait, Runnable tooLate) {
    if (seconds <= 0) {
      return wait;
    }
    Timers.Timer timer = timers.schedule(seconds * 1_000_000_000L, tooLate);
    return wait.onComplete(done -> timer.cancel());
  }
}
