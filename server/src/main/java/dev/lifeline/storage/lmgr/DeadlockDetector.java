package dev.lifeline.storage.lmgr;

import dev.lifeline.events.LockEvent.DeadlockEdge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Looks for a circle of waits that goes through one waiter.
///
/// An arrow goes from a waiter to whoever holds its lock in a conflicting mode (hard), and to
/// whoever waits for it in a conflicting mode further ahead in the queue (soft). A circle with a
/// soft arrow is not a deadlock yet: letting the waiter overtake may undo it, and is tried first.
/// The caller holds the lock manager's latch, so nothing moves meanwhile.
final class DeadlockDetector {
  /// An arrow of the circle that was found.
  record Arrow(LockWait waiter, LockOwner blocker, @Nullable LockWait softAhead) {
    DeadlockEdge edge() {
      return new DeadlockEdge(
          waiter.owner.pid(), waiter.mode.pgName(), waiter.entry.tag.describe(), blocker.pid());
    }
  }

  private final LockOwner start;
  private final Set<LockOwner> visited = new HashSet<>();
  private final List<Arrow> path = new ArrayList<>();

  private DeadlockDetector(LockOwner start) {
    this.start = start;
  }

  /// Finds a deadlock that the waiter is part of.
  ///
  /// @param reordered told of the locks whose queues were changed to undo a circle: their waiters
  ///   may go on
  /// @return the arrows of the circle, empty when there is none (any more)
  static List<Arrow> check(LockWait waiter, Set<LockEntry> reordered) {
    // Each round overtakes one waiter for good, so the number of rounds is bounded by the queues.
    Map<LockEntry, List<LockWait>> before = new HashMap<>();
    for (int round = 0; round < 100; round++) {
      DeadlockDetector detector = new DeadlockDetector(waiter.owner);
      if (!detector.reachesStart(waiter)) {
        reordered.addAll(before.keySet());
        return List.of();
      }
      if (!detector.overtake(before)) {
        before.forEach(DeadlockDetector::restore);
        return detector.path;
      }
    }
    before.forEach(DeadlockDetector::restore);
    return List.of();
  }

  /// Overtaking has not helped: everybody goes back to his place.
  private static void restore(LockEntry entry, List<LockWait> order) {
    entry.queue.clear();
    entry.queue.addAll(order);
  }

  private boolean reachesStart(LockWait waiter) {
    if (!visited.add(waiter.owner)) {
      return false;
    }
    for (Holding holding : waiter.entry.holdings) {
      if (holding.owner != waiter.owner
          && (holding.modes() & waiter.mode.conflicts()) != 0
          && follow(new Arrow(waiter, holding.owner, null))) {
        return true;
      }
    }
    for (LockWait ahead : waiter.entry.queue) {
      if (ahead == waiter) {
        break;
      }
      if (ahead.mode.conflictsWith(waiter.mode) && follow(new Arrow(waiter, ahead.owner, ahead))) {
        return true;
      }
    }
    return false;
  }

  private boolean follow(Arrow arrow) {
    path.add(arrow);
    LockWait next = arrow.blocker.wait;
    if (arrow.blocker == start || (next != null && !next.over && reachesStart(next))) {
      return true;
    }
    path.removeLast();
    return false;
  }

  /// Moves one waiter of the circle in front of the one that it waits behind, if that does not put
  /// the one overtaken into a circle.
  ///
  /// @param orders gets the order in which the queue was, if it was not changed before
  private boolean overtake(Map<LockEntry, List<LockWait>> orders) {
    for (Arrow arrow : path) {
      LockWait ahead = arrow.softAhead;
      if (ahead == null) {
        continue;
      }
      List<LockWait> queue = arrow.waiter.entry.queue;
      List<LockWait> before = List.copyOf(queue);
      queue.remove(arrow.waiter);
      queue.add(queue.indexOf(ahead), arrow.waiter);
      if (!new DeadlockDetector(ahead.owner).reachesStart(ahead)) {
        orders.putIfAbsent(arrow.waiter.entry, before);
        return true;
      }
      restore(arrow.waiter.entry, before);
    }
    return false;
  }
}
