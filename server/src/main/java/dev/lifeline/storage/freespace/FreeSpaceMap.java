package dev.lifeline.storage.freespace;

import java.util.Arrays;

/// How much room each block of a relation has, about: one byte for each block, in units of 32
/// bytes, rounded down.
///
/// It is a hint in both directions. Whoever is sent to a block looks for himself and corrects the
/// entry; a block that is not known to have room is only not found. So the map lives in memory,
/// starts empty, is filled by inserts, pruning and VACUUM, and needs no WAL. Safe for use by any
/// thread.
public final class FreeSpaceMap {
  private static final int UNIT = 32;
  private static final int CHUNK = 1024;

  private byte[] categories = new byte[0];

  /// An upper bound for each chunk of blocks, so that a search passes over full ones.
  private byte[] chunkBounds = new byte[0];

  /// Where the next search begins: spreads inserters over the table.
  private int cursor;

  /// Notes the free bytes of a block.
  public synchronized void record(int block, int freeBytes) {
    ensure(block);
    int category = Math.min(freeBytes / UNIT, 255);
    categories[block] = (byte) category;
    int chunk = block / CHUNK;
    if (category > (chunkBounds[chunk] & 0xff)) {
      chunkBounds[chunk] = (byte) category;
    }
  }

  private void ensure(int block) {
    if (block >= categories.length) {
      int length = Math.max(block + 1, categories.length * 2);
      length = (length + CHUNK - 1) / CHUNK * CHUNK;
      categories = Arrays.copyOf(categories, length);
      chunkBounds = Arrays.copyOf(chunkBounds, length / CHUNK);
    }
  }

  /// Finds a block with at least so many free bytes; -1 when none is known.
  public synchronized int find(int neededBytes) {
    int wanted = (neededBytes + UNIT - 1) / UNIT;
    int chunks = chunkBounds.length;
    if (wanted > 255 || chunks == 0) {
      return -1;
    }
    int first = cursor / CHUNK % chunks;
    for (int i = 0; i < chunks; i++) {
      int chunk = (first + i) % chunks;
      if ((chunkBounds[chunk] & 0xff) >= wanted) {
        int block = findIn(chunk, wanted);
        if (block >= 0) {
          cursor = block + 1;
          return block;
        }
      }
    }
    return -1;
  }

  private int findIn(int chunk, int wanted) {
    int best = 0;
    for (int block = chunk * CHUNK; block < (chunk + 1) * CHUNK; block++) {
      int category = categories[block] & 0xff;
      if (category >= wanted) {
        return block;
      }
      best = Math.max(best, category);
    }
    chunkBounds[chunk] = (byte) best;
    return -1;
  }

  /// The relation was cut to so many blocks.
  public synchronized void truncate(int blocks) {
    if (blocks < categories.length) {
      Arrays.fill(categories, blocks, categories.length, (byte) 0);
    }
  }

  /// The free bytes that are noted for a block.
  public synchronized int freeBytes(int block) {
    return block < categories.length ? (categories[block] & 0xff) * UNIT : 0;
  }
}
