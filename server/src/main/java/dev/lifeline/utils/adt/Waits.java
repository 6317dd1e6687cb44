package dev.lifeline.utils.adt;

import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/// The waits of the row that is being computed.
///
/// A function that must wait throws [NotYet], and the whole row is computed again when the wait is
/// over. So that what was waited for once is not waited for again, and what has been done is not
/// done twice, the waits of a row are numbered in the order in which they are met, and each keeps
/// its deadline or its result until the row is done.
public final class Waits {
  private final Clock clock;
  private final List<Object> met = new ArrayList<>(0);
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
    if (!met.isEmpty()) {
      met.clear();
    }
  }

  /// Returns when the given time has passed since this was first called for this row.
  ///
  /// @param timer makes a future that completes after so many nanoseconds
  /// @throws NotYet while it has not
  void sleep(long nanos, LongFunction<Future<?>> timer) {
    long now = clock.nanoTime();
    if (next == met.size()) {
      met.add(now + nanos);
    }
    long rest = (long) met.get(next) - now;
    if (rest > 0) {
      next = 0;
      throw new NotYet(timer.apply(rest));
    }
    next++;
  }

  /// Does something that has an effect, such as locking: once for this row, however often the row
  /// is computed again.
  ///
  /// @param action throws [NotYet] before it has had its effect
  /// @return what it returned
  Object once(Supplier<Object> action) {
    if (next == met.size()) {
      try {
        met.add(action.get());
      } catch (NotYet waiting) {
        next = 0;
        throw waiting;
      }
    }
    return met.get(next++);
  }
}
