package dev.lifeline.utils.adt;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/// The waits of the row that is being computed.
///
/// A function that must wait throws [NotYet], and the whole row is computed again when the wait is
/// over. So that what was waited for once is not waited for again, the waits of a row are numbered
/// in the order in which they are met, and each keeps its deadline until the row is done.
public final class Waits {
  private final Clock clock;
  private final List<Long> deadlines = new ArrayList<>(0);
  private int next;

  Waits(Clock clock) {
    this.clock = clock;
  }

  /// What follows is computed for the first time, or again from its beginning.
  public void restart() {
    next = 0;
  }

  /// The row is done, or given up: its waits are forgotten.
  public void endRow() {
    next = 0;
    if (!deadlines.isEmpty()) {
      deadlines.clear();
    }
  }

  /// Returns when the given time has passed since this was first called for this row.
  ///
  /// @param timer makes a future that completes after so many nanoseconds
  /// @throws NotYet while it has not
  void sleep(long nanos, LongFunction<Future<?>> timer) {
    long now = clock.nanoTime();
    if (next == deadlines.size()) {
      deadlines.add(now + nanos);
    }
    long rest = deadlines.get(next) - now;
    if (rest > 0) {
      next = 0;
      throw new NotYet(timer.apply(rest));
    }
    next++;
  }
}
