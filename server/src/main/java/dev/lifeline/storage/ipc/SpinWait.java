package dev.lifeline.storage.ipc;

import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// How to wait for a latch, which its holder has for microseconds: spin, then give way to the
/// holder in case it is not running, and at last conclude that it never will.
@SuppressWarnings("ThreadPriorityCheck") // Giving way is the point: the holder may not be running.
public final class SpinWait {
  private static final int SPINS = 64;

  /// About a minute of giving way. In the simulator's single thread nobody else can hold a latch,
  /// so there a wait is a defect from its first turn, and this is how it shows.
  private static final int TURNS_MAX = 20_000_000;

  private SpinWait() {}

  /// Waits a little.
  ///
  /// @param turn how often the caller has waited already
  /// @return the next turn
  public static int pause(int turn) {
    if (turn < SPINS) {
      Thread.onSpinWait();
    } else if (turn < TURNS_MAX) {
      Thread.yield();
    } else {
      throw PgException.panic(SqlState.INTERNAL_ERROR, "stuck latch detected");
    }
    return turn + 1;
  }
}
