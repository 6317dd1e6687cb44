package dev.lifeline.access.nbtree;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// A place in the order of a B-tree: a key, and a tid among equal keys.
///
/// Entries are ordered by (key, tid), so no two are equal and each has one page where it belongs.
/// With the tid [#BEFORE_ALL] it is the place before all entries of the key, with [#AFTER_ALL] the
/// one behind them.
final class SearchKey {
  static final long BEFORE_ALL = 0;
  static final long AFTER_ALL = Long.MAX_VALUE;

  /// The first eight bytes of a key in the order of their numbers. It may read beyond the end of a
  /// key, but never of the page: the special space is behind all items.
  private static final ValueLayout.OfLong PREFIX =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private static final byte[] NO_KEY = {};

  private byte[] key = NO_KEY;
  private int length;
  private long prefix;
  private boolean infinite;

  /// Where among equal keys.
  long tid;

  SearchKey() {}

  SearchKey(byte[] key, long tid) {
    set(key, tid);
  }

  void set(byte[] newKey, long newTid) {
    this.key = newKey;
    this.length = newKey.length;
    this.tid = newTid;
    this.infinite = false;
    long first = 0;
    int n = Math.min(8, newKey.length);
    for (int i = 0; i < n; i++) {
      first |= (newKey[i] & 0xffL) << (56 - 8 * i);
    }
    this.prefix = first;
  }

  /// Before all entries of the tree.
  void setLowest() {
    set(NO_KEY, BEFORE_ALL);
  }

  /// Behind all entries of the tree.
  void setHighest() {
    this.infinite = true;
  }

  byte[] key() {
    return key;
  }

  /// Negative when this key is less than that of an item, positive when it is greater, 0 when they
  /// are equal; tids are not looked at.
  int compareKey(MemorySegment m, long at, int itemLength) {
    if (infinite) {
      return 1;
    }
    long itemPrefix = prefix(m, at, itemLength);
    if (prefix != itemPrefix) {
      return Long.compareUnsigned(prefix, itemPrefix);
    }
    if (length <= 8 || itemLength <= 8) {
      return Integer.compare(length, itemLength);
    }
    return compareTail(m, at, itemLength);
  }

  static long prefix(MemorySegment m, long at, int itemLength) {
    if (itemLength == 0) {
      return 0;
    }
    long word = m.get(PREFIX, at);
    return itemLength >= 8 ? word : word & -1L << (64 - 8 * itemLength);
  }

  private int compareTail(MemorySegment m, long at, int itemLength) {
    int n = Math.min(length, itemLength);
    for (int i = 8; i < n; i++) {
      int difference = (key[i] & 0xff) - (m.get(ValueLayout.JAVA_BYTE, at + i) & 0xff);
      if (difference != 0) {
        return difference;
      }
    }
    return Integer.compare(length, itemLength);
  }

  /// Whether an item begins with this key.
  boolean isBeginningOf(MemorySegment m, long at, int itemLength) {
    if (infinite || itemLength < length) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (key[i] != m.get(ValueLayout.JAVA_BYTE, at + i)) {
        return false;
      }
    }
    return true;
  }

  /// As [#compareKey], and among equal keys by tid.
  int compare(MemorySegment m, long keyAt, int itemLength, long itemTid) {
    int byKey = compareKey(m, keyAt, itemLength);
    return byKey != 0 ? byKey : Long.compare(tid, itemTid);
  }
}
