package dev.lifeline.executor.trigger;

import java.util.Arrays;

/// Events in the order in which they were queued, in arrays: a statement may queue millions.
///
/// An event belongs to the subtransaction that queued it, and goes when that is rolled back. One
/// that was fired in a subtransaction that is rolled back has not been fired.
final class EventList {
  private static final int NOT_FIRED = 0;

  private RiTrigger[] triggers = new RiTrigger[8];
  private long[] oldTids = new long[8];
  private long[] newTids = new long[8];
  private int[] subIds = new int[8];
  private int[] firedIn = new int[8];
  private int size;

  /// Whether some event may be marked as fired.
  private boolean anyFired;

  int size() {
    return size;
  }

  void add(RiTrigger trigger, long oldTid, long newTid, int subId) {
    if (size == oldTids.length) {
      int capacity = 2 * size;
      triggers = Arrays.copyOf(triggers, capacity);
      oldTids = Arrays.copyOf(oldTids, capacity);
      newTids = Arrays.copyOf(newTids, capacity);
      subIds = Arrays.copyOf(subIds, capacity);
      firedIn = Arrays.copyOf(firedIn, capacity);
    }
    triggers[size] = trigger;
    oldTids[size] = oldTid;
    newTids[size] = newTid;
    subIds[size] = subId;
    firedIn[size] = NOT_FIRED;
    size++;
  }

  RiTrigger trigger(int event) {
    return triggers[event];
  }

  long oldTid(int event) {
    return oldTids[event];
  }

  long newTid(int event) {
    return newTids[event];
  }

  boolean isFired(int event) {
    return firedIn[event] != NOT_FIRED;
  }

  void fired(int event, int subId) {
    firedIn[event] = subId;
    anyFired = true;
  }

  void clear() {
    truncate(0);
    anyFired = false;
  }

  private void truncate(int newSize) {
    Arrays.fill(triggers, newSize, size, null);
    size = newSize;
  }

  void subEnded(int subId, int parentSubId, boolean committed) {
    // Those of the innermost subtransaction are the last ones.
    int first = size;
    while (first > 0 && subIds[first - 1] == subId) {
      first--;
      subIds[first] = parentSubId;
    }
    if (!committed) {
      truncate(first);
    }
    for (int event = 0; anyFired && event < size; event++) {
      if (firedIn[event] == subId) {
        firedIn[event] = committed ? parentSubId : NOT_FIRED;
      }
    }
  }
}
