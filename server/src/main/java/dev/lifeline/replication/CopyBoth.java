package dev.lifeline.replication;

import io.vertx.core.Future;

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

  /// Tells the client that no more will come.
  void end();
}
