package dev.lifeline.tcop;

import dev.lifeline.libpq.BackendWriter;
import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.FrontendMessage;
import dev.lifeline.libpq.MessageReader;
import dev.lifeline.replication.CopyBoth;
import dev.lifeline.replication.WalSender;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// The connection of a [WalSender], from START_REPLICATION to the client's CopyDone.
final class WalSenderConnection implements CopyBoth, CopyMessages {
  private final Session session;
  private final BackendWriter writer;
  private final ClientChannel channel;
  private @Nullable WalSender sender;

  WalSenderConnection(Session session, ClientChannel channel) {
    this.session = session;
    this.writer = session.writer();
    this.channel = channel;
  }

  void attach(WalSender walSender) {
    sender = walSender;
  }

  /// Nothing follows what is there now: it is sent, and that is the end.
  void stop() {
    WalSender current = sender;
    if (current != null) {
      current.stop();
    }
  }

  @Override
  public void begin() {
    writer.copyBothResponse();
  }

  @Override
  public void send(byte[] message) {
    writer.copyData(message, message.length);
  }

  @Override
  public void flush() {
    writer.flush();
  }

  @Override
  public boolean isFull() {
    return channel.writeQueueFull();
  }

  @Override
  public Future<Void> room() {
    return channel.writable();
  }

  @Override
  public void showWait(@Nullable String type, @Nullable String event) {
    session.showWait(type, event);
  }

  @Override
  public void end() {
    writer.copyDone();
  }

  @Override
  public boolean waiting() {
    return sender != null;
  }

  @Override
  public void accept(MessageReader message) {
    WalSender current = sender;
    if (current == null) {
      return;
    }
    switch (message.type()) {
      case FrontendMessage.COPY_DATA -> current.receive(message.readRemaining());
      case FrontendMessage.COPY_DONE, FrontendMessage.COPY_FAIL, FrontendMessage.TERMINATE -> {
        sender = null;
        current.clientDone();
      }
      case FrontendMessage.FLUSH, FrontendMessage.SYNC -> {
        // Client libraries may send these.
      }
      default ->
          fail(
              PgException.fatal(
                  SqlState.PROTOCOL_VIOLATION,
                  "invalid standby message type \"%c\"",
                  (char) message.type()));
    }
  }

  @Override
  public void fail(PgException error) {
    WalSender current = sender;
    if (current != null) {
      sender = null;
      current.fail(error);
    }
  }

  @Override
  public void closed() {
    WalSender current = sender;
    if (current != null) {
      sender = null;
      current.disconnected();
    }
  }

  @Override
  public boolean synchronizationLost() {
    return false;
  }
}
