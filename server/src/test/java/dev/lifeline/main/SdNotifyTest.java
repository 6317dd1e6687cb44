package dev.lifeline.main;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollDomainDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.DomainDatagramPacket;
import io.netty.channel.unix.DomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What systemd's end of `NOTIFY_SOCKET` receives.
class SdNotifyTest {
  private static final class Receiver extends SimpleChannelInboundHandler<DomainDatagramPacket> {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @Override
    protected void channelRead0(ChannelHandlerContext context, DomainDatagramPacket packet) {
      received.add(packet.content().toString(StandardCharsets.UTF_8));
    }
  }

  @Test
  void systemdIsTold(@TempDir Path dir) throws Exception {
    Assumptions.assumeTrue(Epoll.isAvailable(), "systemd is on Linux only");
    EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    try {
      Receiver systemd = new Receiver();
      Path socket = dir.resolve("notify");
      new Bootstrap()
          .group(group)
          .channel(EpollDomainDatagramChannel.class)
          .handler(systemd)
          .bind(new DomainSocketAddress(socket.toString()))
          .sync();

      SdNotify notify = new SdNotify(socket.toString());
      notify.ready();
      notify.stopping();

      assertEquals("READY=1", systemd.received.poll(10, TimeUnit.SECONDS));
      assertEquals("STOPPING=1", systemd.received.poll(10, TimeUnit.SECONDS));
      new SdNotify(dir.resolve("nobody").toString()).ready();
      new SdNotify(null).ready();
    } finally {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS).await();
    }
  }
}
