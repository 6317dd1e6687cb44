package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientChannel;
import dev.lifeline.libpq.ClientMemory;
import dev.lifeline.libpq.FrontendDecoder;

/// What a client has sent and nobody has taken yet: messages wait in the decoder while one is
/// worked on, and when too much waits there, the client is not read from.
///
/// Belongs to the backend's event loop.
final class ClientInput {
  /// The biggest message that is held in memory.
  private static final int MESSAGE_BYTES_MAX = 256 << 20;

  /// When this much waits behind a message, the client is not read from any more.
  private static final int BYTES_HIGH = 64 << 10;

  private final ClientChannel channel;
  private final FrontendDecoder decoder;
  private boolean paused;
  private boolean ended;

  ClientInput(ClientChannel channel, ClientMemory.Share memory) {
    this.channel = channel;
    this.decoder = new FrontendDecoder(MESSAGE_BYTES_MAX, memory);
  }

  FrontendDecoder decoder() {
    return decoder;
  }

  /// The client has closed the connection, or it broke: nothing will come any more.
  void end() {
    ended = true;
  }

  boolean ended() {
    return ended;
  }

  /// Reads on, or not.
  ///
  /// @param wanted whether what comes next is taken at once
  void throttle(boolean wanted) {
    boolean full = !wanted && decoder.buffered() >= BYTES_HIGH;
    if (full != paused) {
      paused = full;
      if (full) {
        channel.pause();
      } else {
        channel.resume();
      }
    }
  }
}
