package dev.lifeline.sim;

import dev.lifeline.storage.file.Disk;
import io.vertx.core.buffer.Buffer;

/// A defect that is planted to see whether the simulator finds it. Each works at a seam of the
/// server; the server itself knows nothing of it.
interface Sabotage {
  Sabotage NONE = new Sabotage() {};

  /// The disk that the server gets.
  default Disk disk(Disk disk) {
    return disk;
  }

  /// Whether pages are to be logged whole after a checkpoint.
  default boolean fullPageWrites() {
    return true;
  }

  /// Called with what a backend sends to its client, before it is sent.
  default Buffer toClient(Buffer bytes) {
    return bytes;
  }
}
