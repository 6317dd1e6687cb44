package dev.lifeline.access.nbtree;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Entries of an index that are collected to be sorted: keys in a few big arrays, the rest in
/// arrays of numbers, no object for an entry.
final class SortedEntries {
  private static final int CHUNK = 1 << 20;
  private static final int BYTES_PER_ENTRY = 8 + 8 + 8 + 4 + 4 + 4;

  private final List<byte[]> chunks = new ArrayList<>();
  private int chunkUsed = CHUNK;

  private long[] tids = new long[1024];

  /// The first eight bytes of the key.
  private long[] prefixes = new long[1024];

  /// Chunk in the high half, offset in the low one.
  private long[] places = new long[1024];

  /// The length of the key; its complement for an entry of a dead row.
  private int[] lengths = new int[1024];

  private int[] order = {};
  private int size;
  private boolean ascending = true;
  private int longestKey;

  int size() {
    return size;
  }

  int longestKey() {
    return longestKey;
  }

  long bytes() {
    return (long) chunks.size() * CHUNK + (long) size * BYTES_PER_ENTRY;
  }

  void add(byte[] key, long tid, boolean live) {
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
    lengths[size] = live ? key.length : ~key.length;
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
  void sort() {
    int[] from = new int[size];
    for (int i = 0; i < size; i++) {
      from[i] = i;
    }
    order = from;
    if (ascending) {
      return;
    }
    int[] to = new int[size];
    for (int width = 1; width < size; width *= 2) {
      for (int start = 0; start < size; start += 2 * width) {
        merge(from, to, start, Math.min(start + width, size), Math.min(start + 2 * width, size));
      }
      int[] swap = from;
      from = to;
      to = swap;
    }
    order = from;
  }

  private void merge(int[] from, int[] to, int start, int middle, int end) {
    int left = start;
    int right = middle;
    for (int i = start; i < end; i++) {
      if (left < middle && (right >= end || compare(from[left], from[right]) <= 0)) {
        to[i] = from[left++];
      } else {
        to[i] = from[right++];
      }
    }
  }

  /// Whether the entries at two places of the order have the same key.
  boolean sameKey(int rank, int otherRank) {
    return compareKeys(order[rank], order[otherRank]) == 0;
  }

  boolean live(int rank) {
    return lengths[order[rank]] >= 0;
  }

  /// The key at a place of the order.
  byte[] key(int rank) {
    int entry = order[rank];
    int at = (int) places[entry];
    return Arrays.copyOfRange(chunks.get((int) (places[entry] >>> 32)), at, at + length(entry));
  }

  long tid(int rank) {
    return tids[order[rank]];
  }

  void clear() {
    chunks.clear();
    chunkUsed = CHUNK;
    size = 0;
    order = new int[0];
    ascending = true;
    longestKey = 0;
  }
}
