package dev.lifeline.postmaster;

import dev.lifeline.libpq.ClientAddress;
import dev.lifeline.libpq.ClientHost;
import dev.lifeline.libpq.TcpOptions;
import dev.lifeline.libpq.tls.TlsContext;
import dev.lifeline.libpq.tls.TlsSession;
import dev.lifeline.tcop.Backend;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.epoll.EpollSocketChannelConfig;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// A client's connection over a Vert.x socket. Belongs to the backend's event loop.
final class SocketChannel implements BackendChannel {
  /// How long a client may take to read its last words.
  private static final long LINGER_MS = 5_000;

  private final NetSocket socket;
  private final Vertx vertx;
  private final ClientAddress address;
  private @Nullable Promise<Void> writable;
  private boolean closed;

  /// What the operating system gave the socket; null as long as nothing was changed.
  private @Nullable TcpOptions systemOptions;

  private TcpOptions askedOptions = TcpOptions.SYSTEM;

  SocketChannel(NetSocket socket, Vertx vertx) {
    this.socket = socket;
    this.vertx = vertx;
    SocketAddress remote = socket.remoteAddress();
    String host = remote == null ? null : remote.hostAddress();
    this.address =
        remote == null || host == null
            ? ClientAddress.LOCAL
            : ClientAddress.of(withoutZone(host), remote.port());
  }

  @Override
  public void attach(Backend backend, Consumer<Throwable> onError) {
    socket.handler(guarded(onError, backend::handle));
    socket.drainHandler(none -> becameWritable());
    socket.exceptionHandler(ignored -> {
      // A connection that broke is closed next, and that is what the backend is told.
    });
    socket.closeHandler(none -> {
      closed = true;
      becameWritable();
      guarded(onError, ignored -> backend.closed()).handle(Buffer.buffer());
    });
    socket.resume();
  }

  private static Handler<Buffer> guarded(Consumer<Throwable> onError, Consumer<Buffer> action) {
    return buffer -> {
      try {
        action.accept(buffer);
      } catch (RuntimeException | Error e) {
        onError.accept(e);
      }
    };
  }

  @Override
  public ClientAddress remoteAddress() {
    return address;
  }

  @Override
  public void write(Buffer bytes) {
    if (!closed) {
      // A failed write is followed by the close of the connection.
      var _ = socket.write(bytes);
    }
  }

  @Override
  public boolean writeQueueFull() {
    return !closed && socket.writeQueueFull();
  }

  @Override
  public Future<Void> writable() {
    if (!writeQueueFull()) {
      return Future.succeededFuture();
    }
    Promise<Void> promise = writable;
    if (promise == null) {
      promise = Promise.promise();
      writable = promise;
    }
    return promise.future();
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

  /// Sends what is left before, but does not wait for a client that does not read: its socket would
  /// stay for ever, with all that is to be sent to it. PostgreSQL's process ends and leaves the
  /// rest to its kernel.
  @Override
  public Future<Void> close() {
    if (closed) {
      return Future.succeededFuture();
    }
    Future<Void> closing = socket.close();
    ChannelHandlerContext behindVertx = ((NetSocketInternal) socket).channelHandlerContext();
    Channel channel = behindVertx.channel();
    if (channel.isOpen()) {
      // The loop's own timer, because a verticle's timers end with it, which is right now; and from
      // behind Vert.x's handler, which would send first what cannot be sent.
      var _ =
          channel
              .eventLoop()
              .schedule(() -> closeNow(behindVertx), LINGER_MS, TimeUnit.MILLISECONDS);
    }
    return closing;
  }

  private static void closeNow(ChannelHandlerContext context) {
    // There is nobody to tell of a failure.
    var _ = context.close();
  }

  private void becameWritable() {
    Promise<Void> promise = writable;
    writable = null;
    if (promise != null) {
      promise.tryComplete();
    }
  }

  @Override
  public Future<TlsSession> startTls(TlsContext context) {
    return TlsUpgrade.start(((NetSocketInternal) socket).channelHandlerContext(), context);
  }

  @Override
  public Future<ClientHost> host() {
    String host = address.host();
    return host == null ? BackendChannel.super.host() : blocking(() -> HostNames.lookUp(host));
  }

  @Override
  public Future<String> peerUser() {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    return blocking(() -> PeerUser.of(channel));
  }

  private @Nullable EpollSocketChannelConfig tcpConfig() {
    // Only Linux's own transport has these options.
    return ((NetSocketInternal) socket).channelHandlerContext().channel()
                instanceof EpollSocketChannel channel
            && channel.isOpen()
        ? channel.config()
        : null;
  }

  @Override
  public void tcpOptions(TcpOptions options, Consumer<String> refused) {
    EpollSocketChannelConfig config = tcpConfig();
    if (config == null) {
      return;
    }
    TcpOptions system = systemOptions;
    if (system == null) {
      system = inForce(config);
      systemOptions = system;
    }
    TcpOptions before = askedOptions;
    askedOptions = options;
    if (options.keepalivesIdleSeconds() != before.keepalivesIdleSeconds()) {
      int value = orElse(options.keepalivesIdleSeconds(), system.keepalivesIdleSeconds());
      set(config, EpollChannelOption.TCP_KEEPIDLE, value, refused);
    }
    if (options.keepalivesIntervalSeconds() != before.keepalivesIntervalSeconds()) {
      int value = orElse(options.keepalivesIntervalSeconds(), system.keepalivesIntervalSeconds());
      set(config, EpollChannelOption.TCP_KEEPINTVL, value, refused);
    }
    if (options.keepalivesCount() != before.keepalivesCount()) {
      int value = orElse(options.keepalivesCount(), system.keepalivesCount());
      set(config, EpollChannelOption.TCP_KEEPCNT, value, refused);
    }
    if (options.userTimeoutMs() != before.userTimeoutMs()) {
      int value = orElse(options.userTimeoutMs(), system.userTimeoutMs());
      set(config, EpollChannelOption.TCP_USER_TIMEOUT, value, refused);
    }
  }

  private static int orElse(int asked, int ofSystem) {
    return asked == 0 ? ofSystem : asked;
  }

  private static void set(
      EpollSocketChannelConfig config,
      ChannelOption<Integer> option,
      int value,
      Consumer<String> refused) {
    try {
      config.setOption(option, value);
    } catch (ChannelException e) {
      String name = option.name().substring(option.name().lastIndexOf('#') + 1);
      refused.accept("setsockopt(%s) failed: Invalid argument".formatted(name));
    }
  }

  @Override
  public TcpOptions tcpOptionsInForce() {
    EpollSocketChannelConfig config = tcpConfig();
    return config == null ? TcpOptions.SYSTEM : inForce(config);
  }

  private static TcpOptions inForce(EpollSocketChannelConfig config) {
    return new TcpOptions(
        config.getTcpKeepIdle(),
        config.getTcpKeepIntvl(),
        config.getTcpKeepCnt(),
        config.getTcpUserTimeout());
  }

  private <T> Future<T> blocking(Callable<T> question) {
    return vertx.executeBlocking(question, false).map(Objects::requireNonNull);
  }

  private static String withoutZone(String host) {
    int percent = host.indexOf('%');
    return percent < 0 ? host : host.substring(0, percent);
  }
}
