package dev.lifeline.tcop;

import dev.lifeline.libpq.MessageReader;
import dev.lifeline.utils.error.PgException;

/// A statement that takes messages of the client while it runs: COPY FROM STDIN, or a stream of
/// replication.
interface CopyMessages {
  /// Whether it takes a message now.
  boolean waiting();

  /// Takes the client's next message.
  void accept(MessageReader message);

  /// Nothing more can be read.
  void fail(PgException error);

  /// The client is gone.
  void closed();

  /// Whether the client sent something else, so that nobody knows any more what it waits for.
  boolean synchronizationLost();
}
