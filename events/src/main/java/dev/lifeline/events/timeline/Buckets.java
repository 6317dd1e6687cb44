package dev.lifeline.events.timeline;

import java.util.Arrays;

/// Counts of ticks by bucket, row and group: a hash table of longs, because tiles are made while
/// somebody waits.
final class Buckets {
  private static final long EMPTY = -1;
  private static final int GROUP_BITS = 4;
  private static final int ROW_BITS = 20;

  private long[] keys = filled(1 << 10);
  private int[] counts = new int[1 << 10];
  private float[] longest = new float[1 << 10];
  private long[] sequences = new long[1 << 10];
  private int size;

  /// One count.
  ///
  /// @param longestMs the longest duration among them
  /// @param sequence the event that took that long; the first one where none took any time
  record Entry(int bucket, int row, int group, int count, float longestMs, long sequence) {}

  /// What is done with each count.
  @FunctionalInterface
  interface Visitor {
    void visit(Entry entry);
  }

  private static long[] filled(int length) {
    long[] keys = new long[length];
    Arrays.fill(keys, EMPTY);
    return keys;
  }

  int size() {
    return size;
  }

  void add(long bucket, int row, int group, int count, float longestMs, long sequence) {
    long key = (bucket << ROW_BITS | row) << GROUP_BITS | group;
    int slot = slotOf(keys, key);
    if (keys[slot] == EMPTY) {
      if (2 * (size + 1) > keys.length) {
        grow();
        slot = slotOf(keys, key);
      }
      keys[slot] = key;
      sequences[slot] = sequence;
      size++;
    } else if (longestMs > longest[slot]) {
      sequences[slot] = sequence;
    }
    counts[slot] += count;
    longest[slot] = Math.max(longest[slot], longestMs);
  }

  private static int slotOf(long[] keys, long key) {
    int mask = keys.length - 1;
    long mixed = key * 0x9E37_79B9_7F4A_7C15L;
    int slot = (int) (mixed >>> 40) & mask;
    while (keys[slot] != EMPTY && keys[slot] != key) {
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  private void grow() {
    long[] oldKeys = keys;
    int[] oldCounts = counts;
    float[] oldLongest = longest;
    long[] oldSequences = sequences;
    int length = 2 * oldKeys.length;
    keys = filled(length);
    counts = new int[length];
    longest = new float[length];
    sequences = new long[length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldKeys[i] != EMPTY) {
        int slot = slotOf(keys, oldKeys[i]);
        keys[slot] = oldKeys[i];
        counts[slot] = oldCounts[i];
        longest[slot] = oldLongest[i];
        sequences[slot] = oldSequences[i];
      }
    }
  }

  /// In the order of bucket, row and group.
  void forEach(Visitor visitor) {
    long[] sorted = new long[size];
    int found = 0;
    for (long key : keys) {
      if (key != EMPTY) {
        sorted[found++] = key;
      }
    }
    Arrays.sort(sorted);
    for (long key : sorted) {
      int slot = slotOf(keys, key);
      visitor.visit(
          new Entry(
              Math.toIntExact(key >>> (ROW_BITS + GROUP_BITS)),
              (int) (key >>> GROUP_BITS) & ((1 << ROW_BITS) - 1),
              (int) key & ((1 << GROUP_BITS) - 1),
              counts[slot],
              longest[slot],
              sequences[slot]));
    }
  }
}
