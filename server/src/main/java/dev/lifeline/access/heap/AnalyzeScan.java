package dev.lifeline.access.heap;

import dev.lifeline.access.heap.HeapVisibility.ForVacuum;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import java.lang.foreign.MemorySegment;

/// Looks at single blocks of a table for ANALYZE: hands out the rows that are alive, and counts
/// those and the dead ones.
public final class AnalyzeScan {
  private final HeapTable table;
  private final Xact xact;
  private final ForVacuum[] verdicts = new ForVacuum[HeapPage.ITEMS_MAX + 1];
  private long live;
  private long dead;

  public AnalyzeScan(Table table, Xact xact) {
    this.table = (HeapTable) table;
    this.xact = xact;
  }

  public long live() {
    return live;
  }

  public long dead() {
    return dead;
  }

  /// How many pages everybody sees all of.
  public int allVisible() {
    return table.visible().countVisible();
  }

  /// Looks at one block. A row that a transaction is inserting or deleting just now counts as that
  /// transaction will leave it if it is this one, else as it was before.
  public void block(int block, TupleSink sink) {
    BufferPool buffers = table.heap().buffers;
    long oldestXmin = table.heap().transactions.oldestXmin();
    int buf = table.pinForRead(block);
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int count = PageItems.count(m, page);
      // All questions first: one of them may have to wait, and then the page is begun again.
      for (int item = 1; item <= count; item++) {
        if (HeapPage.hasTuple(m, page, item)) {
          verdicts[item] =
              table.heap().visibility.forVacuum(m, HeapPage.tuple(m, page, item), buf, oldestXmin);
        }
      }
      for (int item = 1; item <= count; item++) {
        int id = PageItems.id(m, page, item);
        if (ItemId.state(id) == ItemId.DEAD) {
          dead++;
        } else if (ItemId.isNormal(id)) {
          long tuple = page + ItemId.offset(id);
          if (isLive(verdicts[item], m, tuple)) {
            live++;
            int length = ItemId.length(id) - HeapTuple.HEADER_SIZE;
            sink.tuple(Tid.of(block, item), m, tuple + HeapTuple.HEADER_SIZE, length);
          }
        }
      }
    } finally {
      buffers.release(buf);
    }
  }

  private boolean isLive(ForVacuum verdict, MemorySegment m, long tuple) {
    return switch (verdict) {
      case LIVE -> true;
      case DEAD, RECENTLY_DEAD -> {
        dead++;
        yield false;
      }
      case INSERT_IN_PROGRESS -> xact.isCurrent(HeapTuple.xmin(m, tuple));
      case DELETE_IN_PROGRESS -> {
        boolean own = xact.isCurrent(HeapTuple.xmax(m, tuple));
        dead += own ? 1 : 0;
        yield !own;
      }
    };
  }
}
