package dev.lifeline.access.heap;

import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.utils.NotYet;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// A sequential scan under a snapshot. Between two calls it holds nothing; its position is a block
/// and a line pointer, which a visible tuple keeps as long as somebody may see it.
final class HeapTableScan implements TableScan {
  /// How far to read ahead when a page was not in memory.
  private static final int READ_AHEAD = 16;

  private final HeapTable table;
  private final BufferPool buffers;
  private final HeapVisibility visibility;
  private final Xact xact;
  private final Snapshot snapshot;

  private @Nullable BufferRing ring;

  /// The length of the table when the scan began, -1 before.
  private int blocks = -1;

  private int block;

  /// The line pointer to go on with.
  private int item = 1;

  HeapTableScan(HeapTable table, Xact xact, Snapshot snapshot) {
    this.table = table;
    this.buffers = table.heap().buffers;
    this.visibility = table.heap().visibility;
    this.xact = xact;
    this.snapshot = snapshot;
  }

  @Override
  public boolean next(TupleSink sink, int maxTuples) {
    if (blocks < 0) {
      blocks = table.blocks();
      ring = ringFor(buffers, blocks);
      table.counters(xact).countScan();
    }
    if (block >= blocks) {
      return false;
    }
    int buf = pin(table, block, blocks, ring);
    buffers.lockShared(buf);
    try {
      page(buf, sink, maxTuples);
    } finally {
      buffers.release(buf);
    }
    return true;
  }

  /// Pins a page of a scan, pruned if that is worth while, and asks for those behind it when it has
  /// to be waited for.
  static int pin(HeapTable table, int block, int blocks, @Nullable BufferRing ring) {
    try {
      return table.pinForRead(block, ring);
    } catch (NotYet notYet) {
      prefetch(table, block, blocks, ring);
      throw notYet;
    }
  }

  /// As [#pin], for one who prunes himself.
  static int pinAhead(HeapTable table, int block, int blocks, BufferRing ring) {
    try {
      return table.heap().buffers.pin(table.file(), Fork.MAIN, block, ring);
    } catch (NotYet notYet) {
      prefetch(table, block, blocks, ring);
      throw notYet;
    }
  }

  /// A table that is large for the pool is read through a ring.
  static @Nullable BufferRing ringFor(BufferPool buffers, int blocks) {
    return BufferRing.isWorthwhile(blocks, buffers)
        ? new BufferRing(BufferRing.Use.BULK_READ, buffers)
        : null;
  }

  private static void prefetch(HeapTable table, int block, int blocks, @Nullable BufferRing ring) {
    // What is read ahead must not push out of the ring what was read ahead before.
    int distance = ring == null ? READ_AHEAD : Math.min(READ_AHEAD, ring.size() / 2);
    for (int ahead = block + 1; ahead < Math.min(blocks, block + distance); ahead++) {
      table.heap().buffers.prefetch(table.file(), Fork.MAIN, ahead, ring);
    }
  }

  private void page(int buf, TupleSink sink, int maxTuples) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int count = PageItems.count(m, page);
    boolean allVisible = (PageLayout.flags(m, page) & PageLayout.ALL_VISIBLE) != 0;
    int handedOut = 0;
    for (; item <= count; item++) {
      int id = PageItems.id(m, page, item);
      if (!ItemId.isNormal(id)) {
        continue;
      }
      if (handedOut == maxTuples) {
        table.counters(xact).countReturned(handedOut);
        return;
      }
      long tuple = page + ItemId.offset(id);
      if (allVisible || visibility.mvcc(m, tuple, buf, xact, snapshot)) {
        sink.tuple(
            Tid.of(block, item),
            m,
            tuple + HeapTuple.HEADER_SIZE,
            ItemId.length(id) - HeapTuple.HEADER_SIZE);
        handedOut++;
      }
    }
    block++;
    item = 1;
    if (handedOut > 0) {
      table.counters(xact).countReturned(handedOut);
    }
  }

  @Override
  public void rescan() {
    blocks = -1;
    block = 0;
    item = 1;
  }
}
