package dev.lifeline.access.heap;

import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Xact;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/// Row locks that do not fit into a tuple's xmax, because that belongs to another transaction: the
/// second and further ones that share a row, and those that an update by somebody else went past.
///
/// They need no place on disk: whoever holds one dies with the server. An entry counts as long as
/// its transaction runs; what has ended is swept out on the way. Called under the latch of the
/// tuple's page, so what is decided here and what is written there belong together. Safe for use by
/// any thread.
final class RowLockers {
  private static final int SWEEP_AT = 1024;

  private record Locker(long xid, RowLock strength) {}

  private final Map<Long, List<Locker>> byTid = new HashMap<>();
  private final AtomicInteger entries = new AtomicInteger();
  private int sweepAt = SWEEP_AT;

  /// True when there is none in the whole table: the usual case.
  boolean isEmpty() {
    return entries.get() == 0;
  }

  synchronized void add(long tid, long xid, RowLock strength, Transactions transactions) {
    if (entries.get() >= sweepAt) {
      sweep(transactions);
      sweepAt = Math.max(SWEEP_AT, 2 * entries.get());
    }
    byTid.computeIfAbsent(tid, key -> new ArrayList<>(2)).add(new Locker(xid, strength));
    entries.incrementAndGet();
  }

  /// A running transaction that holds a conflicting lock on the row, 0 when there is none.
  synchronized long conflicting(long tid, Xact xact, RowLock strength, Transactions transactions) {
    List<Locker> lockers = byTid.get(tid);
    if (lockers == null) {
      return 0;
    }
    long found = 0;
    for (Iterator<Locker> it = lockers.iterator(); it.hasNext(); ) {
      Locker locker = it.next();
      if (xact.isCurrent(locker.xid)) {
        continue;
      }
      if (!transactions.isRunning(locker.xid)) {
        it.remove();
        entries.decrementAndGet();
      } else if (HeapTuple.conflict(locker.strength, strength)) {
        found = locker.xid;
      }
    }
    if (lockers.isEmpty()) {
      byTid.remove(tid);
    }
    return found;
  }

  /// Whether the transaction holds a lock at least so strong.
  synchronized boolean holds(long tid, Xact xact, RowLock strength) {
    List<Locker> lockers = byTid.get(tid);
    if (lockers != null) {
      for (Locker locker : lockers) {
        if (xact.isCurrent(locker.xid) && locker.strength.compareTo(strength) >= 0) {
          return true;
        }
      }
    }
    return false;
  }

  /// The row has a new version: who has locked the old one has locked it too.
  synchronized void inherit(long from, long to, Transactions transactions) {
    List<Locker> lockers = byTid.get(from);
    if (lockers != null) {
      for (Locker locker : List.copyOf(lockers)) {
        if (transactions.isRunning(locker.xid)) {
          add(to, locker.xid, locker.strength, transactions);
        }
      }
    }
  }

  private void sweep(Transactions transactions) {
    for (Iterator<List<Locker>> it = byTid.values().iterator(); it.hasNext(); ) {
      List<Locker> lockers = it.next();
      int before = lockers.size();
      lockers.removeIf(locker -> !transactions.isRunning(locker.xid));
      entries.addAndGet(lockers.size() - before);
      if (lockers.isEmpty()) {
        it.remove();
      }
    }
  }
}
