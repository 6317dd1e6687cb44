package dev.lifeline.replication;

import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// A connection in the state in which both sides send: what a [WalSender] needs of it.
public interface CopyBoth {
  /// Begins it.
  void begin();

  /// Sends one message.
  void send(byte[] message);

  /// Sends what is gathered.
  void flush();

  /// Whether the client does not read as fast as is sent.
  boolean isFull();

  /// Completes when it is not full any more.
  Future<Void> room();

  /// Shows others what the sender waits for; nulls: for nothing any more.
  void showWait(@Nullable String type, @Nullable String event);

  /// Tells the client that no more will come.
  void end();
}
