package dev.lifeline.postmaster;

import dev.lifeline.libpq.client.Dialer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.SocketAddress;
import java.io.FileNotFoundException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.util.function.Consumer;

/// Connections to other servers over Vert.x sockets, each on the event loop of who dials.
public final class NetDialer implements Dialer {
  private final NetClient client;

  public NetDialer(Vertx vertx) {
    this.client = vertx.createNetClient();
  }

  @Override
  public Future<Socket> dial(Address address) {
    String path = address.path();
    SocketAddress to =
        path == null
            ? SocketAddress.inetSocketAddress(address.port(), address.host())
            : SocketAddress.domainSocketAddress(path);
    return client
        .connect(to)
        .<Socket>map(Connected::new)
        .recover(e -> Future.failedFuture(new ConnectException(words(e))));
  }

  /// As the operating system says it.
  private static String words(Throwable error) {
    for (Throwable e = error; e != null; e = e.getCause()) {
      if (e instanceof UnknownHostException) {
        return UNKNOWN_HOST;
      }
      if (e instanceof FileNotFoundException) {
        return "No such file or directory";
      }
      if (e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused")) {
        return "Connection refused";
      }
    }
    return String.valueOf(error.getMessage());
  }

  private static final class Connected implements Socket {
    private final NetSocket socket;
    private boolean closed;

    Connected(NetSocket socket) {
      this.socket = socket;
    }

    @Override
    public void attach(Consumer<Buffer> arrived, Runnable ended) {
      socket.handler(arrived::accept);
      socket.exceptionHandler(ignored -> {
        // A connection that broke is closed next, and that is what is told.
      });
      socket.closeHandler(none -> {
        closed = true;
        ended.run();
      });
    }

    @Override
    public void write(Buffer bytes) {
      if (!closed) {
        // A failed write is followed by the close of the connection.
        var _ = socket.write(bytes);
      }
    }

    @Override
    public void pause() {
      if (!closed) {
        socket.pause();
      }
    }

    @Override
    public void resume() {
      if (!closed) {
        socket.resume();
      }
    }

    @Override
    public Future<Void> startTls(Tls tls) {
      ClientSSLOptions options = new ClientSSLOptions();
      String root = tls.rootCertificate();
      if (root == null) {
        options.setTrustAll(true);
      } else {
        options.setTrustOptions(new PemTrustOptions().addCertPath(root));
      }
      String certificate = tls.certificate();
      String key = tls.key();
      if (certificate != null && key != null) {
        options.setKeyCertOptions(new PemKeyCertOptions().addCertPath(certificate).addKeyPath(key));
      }
      String host = tls.hostName();
      options.setHostnameVerificationAlgorithm(host == null ? "" : "HTTPS");
      return host == null ? socket.upgradeToSsl(options) : socket.upgradeToSsl(options, host);
    }

    @Override
    public void close() {
      closed = true;
      var _ = socket.close();
    }
  }
}
