package dev.lifeline.access.nbtree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Entries of an index that are collected to be sorted: keys in a few big arrays, the rest in
/// arrays of numbers, no object for an entry.
final class SortedEntries implements EntrySource {
  private static final int CHUNK = 1 << 20;

  /// Entries that are moved in one step of the sort: less than a millisecond of work.
  private static final int STEP = 1 << 14;

  private static final int BYTES_PER_ENTRY = 8 + 8 + 8 + 4 + 4 + 4;

  private final List<byte[]> chunks = new ArrayList<>();
  private int chunkUsed = CHUNK;

  private long[] tids = new long[1024];

  /// The first eight bytes of the key.
  private long[] prefixes = new long[1024];

  /// Chunk in the high half, offset in the low one.
  private long[] places = new long[1024];

  /// The length of the key; its complement for an entry that does not count.
  private int[] lengths = new int[1024];

  private int[] order = {};
  private @Nullable Merge sorting;

  /// Where in the order the source stands.
  private int rank = -1;

  private int size;
  private boolean ascending = true;
  private int longestKey;

  int size() {
    return size;
  }

  /// Of all that were ever added.
  int longestKey() {
    return longestKey;
  }

  long bytes() {
    return (long) chunks.size() * CHUNK + (long) size * BYTES_PER_ENTRY;
  }

  void add(byte[] key, long tid, boolean counts) {
    if (size == tids.length) {
      int more = size * 2;
      tids = Arrays.copyOf(tids, more);
      prefixes = Arrays.copyOf(prefixes, more);
      places = Arrays.copyOf(places, more);
      lengths = Arrays.copyOf(lengths, more);
    }
    if (chunks.isEmpty() || chunkUsed + key.length > CHUNK) {
      chunks.add(new byte[CHUNK]);
      chunkUsed = 0;
    }
    int chunk = chunks.size() - 1;
    System.arraycopy(key, 0, chunks.get(chunk), chunkUsed, key.length);
    places[size] = (long) chunk << 32 | chunkUsed;
    chunkUsed += key.length;
    tids[size] = tid;
    lengths[size] = counts ? key.length : ~key.length;
    prefixes[size] = prefix(key);
    longestKey = Math.max(longestKey, key.length);
    size++;
    if (ascending && size > 1 && compare(size - 2, size - 1) > 0) {
      ascending = false;
    }
  }

  private static long prefix(byte[] key) {
    long first = 0;
    for (int i = 0; i < Math.min(8, key.length); i++) {
      first |= (key[i] & 0xffL) << (56 - 8 * i);
    }
    return first;
  }

  private int length(int entry) {
    int length = lengths[entry];
    return length < 0 ? ~length : length;
  }

  private int compareKeys(int a, int b) {
    if (prefixes[a] != prefixes[b]) {
      return Long.compareUnsigned(prefixes[a], prefixes[b]);
    }
    int aAt = (int) places[a];
    int bAt = (int) places[b];
    return Arrays.compareUnsigned(
        chunks.get((int) (places[a] >>> 32)),
        aAt,
        aAt + length(a),
        chunks.get((int) (places[b] >>> 32)),
        bAt,
        bAt + length(b));
  }

  private int compare(int a, int b) {
    int byKey = compareKeys(a, b);
    return byKey != 0 ? byKey : Long.compare(tids[a], tids[b]);
  }

  /// Sorts by key and tid.
  ///
  /// @param breath called now and then; after a NotYet of it the next call goes on
  void sort(Runnable breath) {
    Merge merge = sorting;
    if (merge == null) {
      merge = new Merge();
      sorting = merge;
    }
    while (!merge.step()) {
      breath.run();
    }
    order = merge.from;
    rank = -1;
    sorting = null;
  }

  /// A merge sort from the bottom up, in steps.
  private final class Merge {
    int[] from = new int[size];
    private int[] to = {};
    private int width = 1;
    private int start;
    private int i;
    private int left;
    private int right;

    Merge() {
      for (int entry = 0; entry < size; entry++) {
        from[entry] = entry;
      }
      if (ascending) {
        width = size;
      } else {
        to = new int[size];
      }
    }

    /// @return whether all is sorted
    boolean step() {
      int budget = STEP;
      while (width < size) {
        while (start < size) {
          int middle = Math.min(start + width, size);
          int end = Math.min(start + 2 * width, size);
          if (i == start) {
            left = start;
            right = middle;
          }
          int until = Math.min(end, i + budget);
          budget -= until - i;
          merge(middle, end, until);
          if (i < end) {
            return false;
          }
          start = end;
        }
        int[] swap = from;
        from = to;
        to = swap;
        width *= 2;
        start = 0;
        i = 0;
      }
      return true;
    }

    private void merge(int middle, int end, int until) {
      for (; i < until; i++) {
        if (left < middle && (right >= end || compare(from[left], from[right]) <= 0)) {
          to[i] = from[left++];
        } else {
          to[i] = from[right++];
        }
      }
    }
  }

  @Override
  public boolean next() {
    if (rank + 1 >= size) {
      return false;
    }
    rank++;
    return true;
  }

  @Override
  public byte[] key() {
    int entry = order[rank];
    int at = (int) places[entry];
    return Arrays.copyOfRange(chunks.get((int) (places[entry] >>> 32)), at, at + length(entry));
  }

  @Override
  public long tid() {
    return tids[order[rank]];
  }

  @Override
  public boolean counts() {
    return lengths[order[rank]] >= 0;
  }

  void clear() {
    chunks.clear();
    chunkUsed = CHUNK;
    size = 0;
    order = new int[0];
    rank = -1;
    ascending = true;
  }
}
