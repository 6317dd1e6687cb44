package dev.lifeline.access.nbtree;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/// What all handles of one B-tree's file share.
///
/// Where its root was last seen: a root that was split since says so itself, by the flag that it
/// lost. Which deleted pages wait to be used again: only a memory of what is on the pages, found
/// again by the next vacuum after a restart. And which vacuum is at work, see [BTreeBulkDelete].
final class BTreeState {
  static final long UNKNOWN = -1;

  private static final int FREE_MAX = 1 << 16;

  /// Blocks by the transaction at whose time they were deleted, the oldest first. Guarded by
  /// itself.
  private final LinkedHashMap<Integer, Long> free = new LinkedHashMap<>();

  private volatile int cycle;

  /// Block in the high half, level in the low one.
  private volatile long root = UNKNOWN;

  long root() {
    return root;
  }

  void setRoot(long blockAndLevel) {
    root = blockAndLevel;
  }

  /// Remembers a page that may be used again once all who were there then are gone.
  void addFree(int block, long deletionXid) {
    synchronized (free) {
      if (free.size() < FREE_MAX) {
        free.putIfAbsent(block, deletionXid);
      }
    }
  }

  /// Gives back a page that has to be read before it can be used: it is the next one to be taken,
  /// so that who comes again finds it in memory.
  void putBack(int block) {
    synchronized (free) {
      free.putFirst(block, 0L);
    }
  }

  /// Takes a page that nobody can come to any more, or returns [BTreePage#NONE].
  ///
  /// @param horizon the oldest transaction whose time somebody still sees
  int takeFree(LongSupplier horizon) {
    synchronized (free) {
      Iterator<Map.Entry<Integer, Long>> entries = free.entrySet().iterator();
      if (entries.hasNext()) {
        Map.Entry<Integer, Long> oldest = entries.next();
        if (oldest.getValue() < horizon.getAsLong()) {
          int block = oldest.getKey();
          entries.remove();
          return block;
        }
      }
      return BTreePage.NONE;
    }
  }

  /// The mark that splits leave on their pages, 0 before the first vacuum. To be read when the
  /// pages of the split are latched.
  int cycle() {
    return cycle;
  }

  void setCycle(int newCycle) {
    cycle = newCycle;
  }

  static long root(int block, int level) {
    return (long) block << 32 | level;
  }

  static int block(long root) {
    return (int) (root >>> 32);
  }

  static int level(long root) {
    return (int) root;
  }
}
