package dev.lifeline.storage.buffer;

import java.util.Arrays;

/// A few buffers that one big scan, load or vacuum uses again and again, so that it does not drive
/// everybody else's pages out of the pool. The sizes are PostgreSQL's.
///
/// A ring begins empty: its slots are filled by the clock sweep. A buffer that somebody else uses
/// by then leaves the ring, and another one takes its place. Belongs to one statement.
public final class BufferRing {
  /// Bytes of a page.
  private static final int PAGE = 8192;

  /// What the ring is for.
  public enum Use {
    /// A sequential scan of a table that is larger than a quarter of the pool. It only reads: a
    /// page that others have made dirty is left to them where its WAL is not flushed yet.
    BULK_READ(256 * 1024),

    /// COPY and others that fill a table.
    BULK_WRITE(16 * 1024 * 1024),

    /// VACUUM.
    VACUUM(256 * 1024);

    private final int bytes;

    Use(int bytes) {
      this.bytes = bytes;
    }
  }

  private final Use use;
  private final int[] slots;
  private int at;
  private long reused;

  /// Makes an empty ring; it takes at most an eighth of the pool.
  public BufferRing(Use use, BufferPool pool) {
    this.use = use;
    slots = new int[Math.max(1, Math.min(pool.size() / 8, use.bytes / PAGE))];
    Arrays.fill(slots, BufferPool.INVALID);
  }

  /// Whether a table of this many blocks is to be read through a ring.
  public static boolean isWorthwhile(int blocks, BufferPool pool) {
    return blocks > pool.size() / 4;
  }

  Use use() {
    return use;
  }

  /// The buffer in the slot whose turn it is, or [BufferPool#INVALID].
  int current() {
    return slots[at];
  }

  /// One of the slots that come next, to be written early.
  int ahead(int slots) {
    return this.slots[(at + slots) % this.slots.length];
  }

  /// How many buffers it has when it is full.
  public int size() {
    return slots.length;
  }

  /// The current slot's buffer has got another block.
  void reuse() {
    reused++;
    at = (at + 1) % slots.length;
  }

  /// Another buffer takes the current slot.
  void replace(int buf) {
    slots[at] = buf;
    at = (at + 1) % slots.length;
  }

  /// How often a buffer of the ring was given to another block.
  public long reused() {
    return reused;
  }
}
