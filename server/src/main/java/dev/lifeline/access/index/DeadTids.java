package dev.lifeline.access.index;

import java.util.Arrays;

/// The tids of row versions that vacuum is about to remove.
public final class DeadTids {
  private long[] tids = new long[256];
  private int size;
  private boolean sorted = true;

  public void add(long tid) {
    if (size == tids.length) {
      tids = Arrays.copyOf(tids, size * 2);
    }
    sorted &= size == 0 || tids[size - 1] < tid;
    tids[size++] = tid;
  }

  public boolean contains(long tid) {
    if (size == 0 || tid < tids[0] || tid > tids[size - 1]) {
      return false;
    }
    return Arrays.binarySearch(tids, 0, size, tid) >= 0;
  }

  public long get(int i) {
    return tids[i];
  }

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /// Puts them into the order of the table, which [#contains] relies on.
  public void sort() {
    if (!sorted) {
      Arrays.sort(tids, 0, size);
      sorted = true;
    }
  }

  public void clear() {
    size = 0;
    sorted = true;
  }
}
