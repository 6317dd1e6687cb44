package dev.lifeline.storage.buffer;

import dev.lifeline.storage.ipc.Latch;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;

/// Which buffer holds which block: a chained hash table over arrays.
///
/// A lookup first walks the chain without a latch, pins what looks right and then checks that it
/// still is: a pinned buffer keeps its block. Only when that finds nothing is the chain walked
/// again under the latch of its partition, which those who change it hold.
final class BufferTable {
  private static final int PARTITIONS = 128;
  private static final int NONE = -1;
  private static final VarHandle INT = MethodHandles.arrayElementVarHandle(int[].class);
  private static final VarHandle LONG = MethodHandles.arrayElementVarHandle(long[].class);

  private final BufferStates states;
  private final int[] heads;
  private final int[] next;
  private final long[] keys;
  private final int mask;
  private final Latch[] partitions = new Latch[PARTITIONS];

  BufferTable(BufferStates states, int buffers) {
    this.states = states;
    int size = Math.max(PARTITIONS, Integer.highestOneBit(buffers) * 2);
    heads = new int[size];
    Arrays.fill(heads, NONE);
    next = new int[buffers];
    keys = new long[buffers * 2];
    mask = size - 1;
    for (int i = 0; i < PARTITIONS; i++) {
      partitions[i] = new Latch();
    }
  }

  /// The first half of a block's key.
  static long relKey(RelFileLocator rel, Fork fork) {
    return rel.relNumber() << 8 | fork.number();
  }

  /// The second half.
  static long blockKey(RelFileLocator rel, int block) {
    return ((long) rel.dbOid() << 32) | (block & 0xffff_ffffL);
  }

  private int bucket(long relKey, long blockKey) {
    long h = (relKey * 0x9E37_79B9_7F4A_7C15L) ^ (blockKey * 0xC2B2_AE3D_27D4_EB4FL);
    h ^= h >>> 32;
    h *= 0xD6E8_FEB8_6659_FD93L;
    return (int) (h >>> 32) & mask;
  }

  private boolean has(int buf, long relKey, long blockKey) {
    return (long) LONG.getOpaque(keys, buf * 2) == relKey
        && (long) LONG.getOpaque(keys, buf * 2 + 1) == blockKey;
  }

  long relKeyOf(int buf) {
    return (long) LONG.getVolatile(keys, buf * 2);
  }

  long blockKeyOf(int buf) {
    return (long) LONG.getVolatile(keys, buf * 2 + 1);
  }

  int blockOf(int buf) {
    return (int) blockKeyOf(buf);
  }

  /// The buffer with the block, pinned, or [BufferPool#INVALID].
  ///
  /// @param used whether that counts for the clock sweep
  int pin(long relKey, long blockKey, boolean used) {
    int bucket = bucket(relKey, blockKey);
    int buf = (int) INT.getVolatile(heads, bucket);
    for (int steps = 0; buf >= 0 && steps < 16; steps++) {
      if (has(buf, relKey, blockKey) && tryPin(buf, used)) {
        if (has(buf, relKey, blockKey)) {
          return buf;
        }
        states.unpin(buf);
        break;
      }
      buf = (int) INT.getVolatile(next, buf);
    }
    return pinLatched(bucket, relKey, blockKey, used);
  }

  /// The buffer with the block, which may lose it at any time; [BufferPool#INVALID] when none was
  /// found.
  int seek(long relKey, long blockKey) {
    int buf = (int) INT.getVolatile(heads, bucket(relKey, blockKey));
    for (int steps = 0; buf >= 0 && steps < 16; steps++) {
      if (has(buf, relKey, blockKey)) {
        return buf;
      }
      buf = (int) INT.getVolatile(next, buf);
    }
    return BufferPool.INVALID;
  }

  /// Pins a buffer if it has the block.
  boolean pinIn(int buf, long relKey, long blockKey) {
    if (!has(buf, relKey, blockKey) || !states.tryPin(buf)) {
      return false;
    }
    if (has(buf, relKey, blockKey)) {
      return true;
    }
    states.unpin(buf);
    return false;
  }

  private boolean tryPin(int buf, boolean used) {
    return used ? states.tryPin(buf) : states.tryPinUnused(buf);
  }

  private int pinLatched(int bucket, long relKey, long blockKey, boolean used) {
    Latch latch = partitions[bucket & (PARTITIONS - 1)];
    latch.lock();
    try {
      return pinInChain(bucket, relKey, blockKey, used);
    } finally {
      latch.unlock();
    }
  }

  private int pinInChain(int bucket, long relKey, long blockKey, boolean used) {
    for (int buf = heads[bucket]; buf >= 0; buf = next[buf]) {
      if (has(buf, relKey, blockKey) && tryPin(buf, used)) {
        return buf;
      }
    }
    return BufferPool.INVALID;
  }

  /// Gives a claimed buffer to a block, unless another has it.
  ///
  /// @param flags of the new state, beside one pin, one use and TAGGED
  /// @return the buffer that has the block now, pinned: the given one or the other
  int insert(int buf, long relKey, long blockKey, int flags) {
    int bucket = bucket(relKey, blockKey);
    Latch latch = partitions[bucket & (PARTITIONS - 1)];
    latch.lock();
    try {
      int other = pinInChain(bucket, relKey, blockKey, true);
      if (other != BufferPool.INVALID) {
        return other;
      }
      LONG.setVolatile(keys, buf * 2, relKey);
      LONG.setVolatile(keys, buf * 2 + 1, blockKey);
      INT.setVolatile(next, buf, heads[bucket]);
      INT.setVolatile(heads, bucket, buf);
      states.setFlags(buf, BufferStates.TAGGED | BufferStates.USAGE | flags);
      return buf;
    } finally {
      latch.unlock();
    }
  }

  /// Takes a buffer out of its chain. The caller has made sure that nobody can pin it any more.
  void remove(int buf) {
    int bucket = bucket(relKeyOf(buf), blockKeyOf(buf));
    Latch latch = partitions[bucket & (PARTITIONS - 1)];
    latch.lock();
    try {
      int at = heads[bucket];
      if (at == buf) {
        INT.setVolatile(heads, bucket, next[buf]);
        return;
      }
      while (at >= 0) {
        int following = next[at];
        if (following == buf) {
          INT.setVolatile(next, at, next[buf]);
          return;
        }
        at = following;
      }
      throw new IllegalStateException("buffer " + buf + " is not in its chain");
    } finally {
      latch.unlock();
    }
  }
}
