package dev.lifeline.access.heap;

import dev.lifeline.storage.ipc.WaitList;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.utils.NotYet;
import org.jspecify.annotations.Nullable;

/// Keeps those out of a table who use it without a lock on it, while its end is cut off.
///
/// The sessions look things up in the system catalogs, and change them, in operations that take
/// microseconds and hold nothing from one to the next: a heavyweight lock for each would cost more
/// than they do. So they pass this gate instead. It is closed when nobody is inside, and whoever
/// comes meanwhile waits. Who reads a catalog in a query has a lock, as on any table.
public final class TruncationGate {
  private final Wakeup wakeup;
  private int inside;

  /// Those who wait in front of the closed gate; null while it is open.
  private @Nullable WaitList closed;

  TruncationGate(Wakeup wakeup) {
    this.wakeup = wakeup;
  }

  /// Goes in; to be followed by [#leave] before anything is waited for.
  ///
  /// @throws NotYet while the gate is closed
  public synchronized void enter() {
    WaitList waiting = closed;
    if (waiting != null) {
      throw new NotYet(waiting.await());
    }
    inside++;
  }

  public synchronized void leave() {
    inside--;
  }

  /// Closes the gate, unless somebody is inside.
  synchronized boolean close() {
    if (inside > 0 || closed != null) {
      return false;
    }
    closed = new WaitList(wakeup);
    return true;
  }

  void open() {
    WaitList waiting;
    synchronized (this) {
      waiting = closed;
      closed = null;
    }
    if (waiting != null) {
      waiting.complete();
    }
  }
}
