package dev.lifeline.tcop;

import dev.lifeline.libpq.ClientChannel;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/// Waits for a client that does not read as fast as it is answered. Whoever sends much asks here
/// again and again: what is written while the client has no room is kept in memory.
record ClientRoom(ClientChannel channel, Interrupts interrupts, BackendActivity activity) {
  /// Null where the client takes more; otherwise completes when it does, or fails when the
  /// statement is interrupted.
  @Nullable Future<Void> await() {
    if (!channel.writeQueueFull()) {
      return null;
    }
    activity.waiting("Client", "ClientWrite");
    return interrupts
        .interruptible(channel.writable())
        .onComplete(done -> activity.waiting(null, null));
  }
}
