package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;

/// A page of the commit log in memory: two bits for each of 32768 transactions. Bits are set by
/// compare-and-set, without a latch.
final class ClogPage {
  static final int XIDS = PageLayout.PAGE_SIZE * 4;

  private static final int XIDS_PER_WORD = 32;
  private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);
  private static final XidStatus[] STATUSES = XidStatus.values();

  private final long number;
  private final long[] words = new long[XIDS / XIDS_PER_WORD];
  private final AtomicLong lsn = new AtomicLong();
  private volatile boolean dirty;

  ClogPage(long number) {
    this.number = number;
  }

  long number() {
    return number;
  }

  XidStatus status(long xid) {
    int index = (int) (xid % XIDS);
    long word = (long) WORD.getVolatile(words, index / XIDS_PER_WORD);
    int bits = (int) (word >>> (index % XIDS_PER_WORD * 2)) & 3;
    if (bits >= STATUSES.length) {
      throw new IllegalStateException("status " + bits + " of transaction " + xid);
    }
    return STATUSES[bits];
  }

  /// @param recordLsn the record that says so: it must be durable before the page is written
  void set(long xid, XidStatus status, long recordLsn) {
    int index = (int) (xid % XIDS);
    int shift = index % XIDS_PER_WORD * 2;
    lsn.accumulateAndGet(recordLsn, Math::max);
    while (true) {
      long word = (long) WORD.getVolatile(words, index / XIDS_PER_WORD);
      long changed = (word & ~(3L << shift)) | ((long) status.bits() << shift);
      if (WORD.compareAndSet(words, index / XIDS_PER_WORD, word, changed)) {
        break;
      }
    }
    dirty = true;
  }

  boolean isDirty() {
    return dirty;
  }

  void setDirty() {
    dirty = true;
  }

  /// Copies the page for a write and takes it for clean: what is set from now on makes it dirty
  /// again.
  ///
  /// @return the LSN up to which the WAL must be durable before the copy is written
  long copyTo(MemorySegment to) {
    dirty = false;
    for (int i = 0; i < words.length; i++) {
      to.set(PageLayout.LONG, i * 8L, (long) WORD.getVolatile(words, i));
    }
    return lsn.get();
  }

  void load(MemorySegment from) {
    for (int i = 0; i < words.length; i++) {
      WORD.setVolatile(words, i, from.get(PageLayout.LONG, i * 8L));
    }
  }

  /// Clears what is said of this and later transactions, none of which has begun.
  void clearFrom(long xid) {
    for (long x = xid; x / XIDS == number; x++) {
      int index = (int) (x % XIDS);
      words[index / XIDS_PER_WORD] &= ~(3L << (index % XIDS_PER_WORD * 2));
    }
    dirty = true;
  }
}
