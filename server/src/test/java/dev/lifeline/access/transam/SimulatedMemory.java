package dev.lifeline.access.transam;

import dev.lifeline.access.SharedMemory;

/// Shared memory whose server has died in the simulator. The operating system takes a dead
/// process's memory back; here somebody has to.
public final class SimulatedMemory {
  private SimulatedMemory() {}

  /// Frees it, unless the server has. Nothing may run on it any more.
  public static void free(SharedMemory memory) {
    if (memory.wal().arena().scope().isAlive()) {
      memory.buffers().close();
      memory.wal().free();
    }
  }
}
