package dev.lifeline.access.heap;

import dev.lifeline.access.heap.HeapVisibility.ForVacuum;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Hands out every row that a new index must lead to, under the tid of its chain's root.
///
/// A page is always taken as a whole, whatever the caller's limit: the roots of its chains hold
/// only while the page is latched.
final class IndexBuildScan implements TableScan {
  private final HeapTable table;
  private final BufferPool buffers;
  private final HeapVisibility visibility;
  private final short[] roots = new short[HeapPage.ITEMS_MAX + 1];
  private final ForVacuum[] verdicts = new ForVacuum[HeapPage.ITEMS_MAX + 1];
  private final Xact xact;
  private @Nullable BufferRing ring;
  private int blocks = -1;
  private int block;

  IndexBuildScan(HeapTable table, Xact xact) {
    this.table = table;
    this.xact = xact;
    this.buffers = table.heap().buffers;
    this.visibility = table.heap().visibility;
  }

  @Override
  public boolean next(TupleSink sink, int maxTuples) {
    if (blocks < 0) {
      blocks = table.blocks();
      ring = HeapTableScan.ringFor(buffers, blocks);
      table.counters(xact).countScan();
    }
    if (block >= blocks) {
      return false;
    }
    long oldestXmin = table.heap().transactions.oldestXmin();
    int buf = HeapTableScan.pin(table, block, blocks, ring);
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int count = PageItems.count(m, page);
      // All questions first: one of them may have to wait, and then the page is begun again.
      for (int item = 1; item <= count; item++) {
        if (HeapPage.hasTuple(m, page, item)) {
          verdicts[item] = visibility.forVacuum(m, HeapPage.tuple(m, page, item), buf, oldestXmin);
        }
      }
      findRoots(m, page, count);
      int rows = 0;
      for (int item = 1; item <= count; item++) {
        if (HeapPage.hasTuple(m, page, item) && wanted(m, page, item)) {
          rows++;
          int id = PageItems.id(m, page, item);
          sink.tuple(
              Tid.of(block, roots[item] != 0 ? roots[item] : item),
              m,
              page + ItemId.offset(id) + HeapTuple.HEADER_SIZE,
              ItemId.length(id) - HeapTuple.HEADER_SIZE);
        }
      }
      table.counters(xact).countReturned(rows);
    } finally {
      buffers.release(buf);
    }
    block++;
    return true;
  }

  /// A version that was updated heap-only is reached through the entry of its successor, unless
  /// that update was undone: the mark stays after it.
  private boolean wanted(MemorySegment m, long page, int item) {
    return switch (verdicts[item]) {
      case DEAD -> false;
      case LIVE, INSERT_IN_PROGRESS -> true;
      case DELETE_IN_PROGRESS, RECENTLY_DEAD ->
          (HeapTuple.infomask(m, HeapPage.tuple(m, page, item)) & HeapTuple.HOT_UPDATED) == 0;
    };
  }

  private void findRoots(MemorySegment m, long page, int count) {
    Arrays.fill(roots, 0, count + 1, (short) 0);
    for (int root = 1; root <= count; root++) {
      int id = PageItems.id(m, page, root);
      int item;
      if (ItemId.state(id) == ItemId.REDIRECT) {
        item = ItemId.target(id);
      } else if (ItemId.isNormal(id)
          && (HeapTuple.infomask(m, HeapPage.tuple(m, page, root)) & HeapTuple.HEAP_ONLY) == 0) {
        item = root;
      } else {
        continue;
      }
      followFrom(m, page, root, item);
    }
  }

  private void followFrom(MemorySegment m, long page, int root, int first) {
    long priorXmax = 0;
    int item = first;
    while (HeapPage.hasTuple(m, page, item)) {
      long tuple = HeapPage.tuple(m, page, item);
      if (priorXmax != 0 && HeapTuple.xmin(m, tuple) != priorXmax) {
        return;
      }
      roots[item] = (short) root;
      if ((HeapTuple.infomask(m, tuple) & HeapTuple.HOT_UPDATED) == 0) {
        return;
      }
      item = Tid.offset(HeapTuple.ctid(m, tuple));
      priorXmax = HeapTuple.xmax(m, tuple);
    }
  }

  @Override
  public void rescan() {
    blocks = -1;
    block = 0;
  }
}
