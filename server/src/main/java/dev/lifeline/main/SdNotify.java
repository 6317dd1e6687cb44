package dev.lifeline.main;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Tells systemd how the server is: the datagrams that a service of `Type=notify` sends to the
/// socket that `NOTIFY_SOCKET` names. Without systemd it does nothing. The JDK has no datagrams on
/// Unix sockets, Vert.x's Netty has.
final class SdNotify {
  private static final long TIMEOUT_MS = 1_000;

  private final @Nullable String socket;

  SdNotify(@Nullable String socket) {
    this.socket = socket;
  }

  static SdNotify ofEnvironment() {
    return new SdNotify(System.getenv("NOTIFY_SOCKET"));
  }

  /// The server accepts connections.
  void ready() {
    send("READY=1");
  }

  /// It was told to end.
  void stopping() {
    send("STOPPING=1");
  }

  /// Blocks for the moment that it takes. That nobody listens is no reason not to run.
  private void send(String state) {
    String name = socket;
    if (name == null || name.isEmpty() || !Epoll.isAvailable()) {
      return;
    }
    // An @ stands for the NUL byte of an abstract address.
    String path = name.startsWith("@") ? "\0" + name.substring(1) : name;
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      ChannelFuture connected =
          new Bootstrap()
              .group(group)
              .channel(EpollDomainDatagramChannel.class)
              .handler(new ChannelInboundHandlerAdapter())
              .connect(new DomainSocketAddress(path));
      if (connected.await(TIMEOUT_MS) && connected.isSuccess()) {
        connected
            .channel()
            .writeAndFlush(Unpooled.copiedBuffer(state, StandardCharsets.UTF_8))
            .await(TIMEOUT_MS);
        connected.channel().close().await(TIMEOUT_MS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      group
          .shutdownGracefully(0, TIMEOUT_MS, TimeUnit.MILLISECONDS)
          .awaitUninterruptibly(TIMEOUT_MS);
    }
  }
}
