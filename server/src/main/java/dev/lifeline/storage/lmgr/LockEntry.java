package dev.lifeline.storage.lmgr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One lock in the shared table: who holds it, and who waits for it in which order. Guarded by the
/// lock manager's latch.
final class LockEntry {
  final LockTag tag;
  final List<Holding> holdings = new ArrayList<>(2);
  final List<LockWait> queue = new ArrayList<>(2);

  LockEntry(LockTag tag) {
    this.tag = tag;
  }

  @Nullable Holding holdingOf(LockOwner owner) {
    for (Holding holding : holdings) {
      if (holding.owner == owner) {
        return holding;
      }
    }
    return null;
  }

  /// Somebody else holds it in a conflicting mode.
  boolean heldAgainst(LockOwner owner, LockMode mode) {
    for (Holding holding : holdings) {
      if (holding.owner != owner && (holding.modes() & mode.conflicts()) != 0) {
        return true;
      }
    }
    return false;
  }

  boolean empty() {
    return holdings.isEmpty() && queue.isEmpty();
  }

  /// Where a new request of the owner belongs in the queue.
  ///
  /// It is the end, unless the owner holds the lock already in a mode that a waiter waits for: that
  /// waiter cannot go on before the owner does, so the owner goes before him.
  ///
  /// @return the index in the queue; or -1 when nothing stands in the way and it can be granted
  int placeFor(LockOwner owner, LockMode mode, int heldModes) {
    int ahead = 0;
    for (int i = 0; i < queue.size(); i++) {
      LockWait waiter = queue.get(i);
      if ((waiter.mode.conflicts() & heldModes) != 0) {
        return (mode.conflicts() & ahead) == 0 && !heldAgainst(owner, mode) ? -1 : i;
      }
      ahead |= waiter.mode.bit();
    }
    return (mode.conflicts() & ahead) == 0 && !heldAgainst(owner, mode) ? -1 : queue.size();
  }

  /// A waiter whom the owner keeps waiting by what it holds, and for whom it would have to wait
  /// itself: two that hold the lock and both want more of it.
  @Nullable LockWait crossing(LockMode mode, int heldModes) {
    for (LockWait waiter : queue) {
      if ((waiter.mode.conflicts() & heldModes) != 0) {
        Holding his = holdingOf(waiter.owner);
        return his != null && (his.modes() & mode.conflicts()) != 0 ? waiter : null;
      }
    }
    return null;
  }

  /// The pids that keep the waiter from going on: holders first, then those ahead of it in the
  /// queue.
  List<Integer> blockersOf(LockWait waiter) {
    List<Integer> pids = new ArrayList<>();
    for (Holding holding : holdings) {
      if (holding.owner != waiter.owner && (holding.modes() & waiter.mode.conflicts()) != 0) {
        pids.add(holding.owner.pid());
      }
    }
    for (LockWait ahead : queue) {
      if (ahead == waiter) {
        break;
      }
      if (ahead.mode.conflictsWith(waiter.mode) && !pids.contains(ahead.owner.pid())) {
        pids.add(ahead.owner.pid());
      }
    }
    return pids;
  }
}
