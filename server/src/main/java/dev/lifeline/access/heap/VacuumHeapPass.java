package dev.lifeline.access.heap;

import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Vacuum's two passes over the heap: the one that prunes and collects dead line pointers, and the
/// one that frees them when no index leads to them any more.
final class VacuumHeapPass {
  /// A shorter run of pages is read in spite of all: the disk reads ahead of it anyway.
  private static final int SKIP_MIN = 32;

  /// How many blocks the visibility map is asked about in one step.
  private static final int SKIP_LOOK = 4096;

  private final HeapTable table;
  private final HeapAccess heap;
  private final BufferPool buffers;
  private final VacuumCounters counters;
  private final DeadTids dead;
  private final DeadItems deadItems;
  private final boolean aggressive;
  private final boolean disableSkipping;
  private final short[] items = new short[HeapPage.ITEMS_MAX];
  private final BufferRing ring;
  private int blocks = -1;
  private int block;
  private int nonEmptyBlocks;

  /// Up to here the visibility map was asked; -1 when it is to be asked again.
  private int skipUntil = -1;

  /// What becomes of dead line pointers in the first pass.
  enum DeadItems {
    /// No index leads to them.
    FREE,
    /// Until the indexes are done.
    COLLECT,
    /// For another vacuum.
    LEAVE
  }

  VacuumHeapPass(
      HeapTable table,
      VacuumCounters counters,
      DeadTids dead,
      DeadItems deadItems,
      VacuumOptions options) {
    this.table = table;
    this.heap = table.heap();
    this.buffers = heap.buffers;
    this.counters = counters;
    this.dead = dead;
    this.deadItems = deadItems;
    this.aggressive = options.aggressive();
    this.disableSkipping = options.disablePageSkipping();
    this.ring = new BufferRing(BufferRing.Use.VACUUM, buffers);
  }

  /// The table's length when the vacuum began.
  HeapTable table() {
    return table;
  }

  int blocks() {
    return Math.max(blocks, 0);
  }

  /// One past the last block in which a row was seen. Those that were passed over may have some, or
  /// be empty, as a vacuum that could not cut them off has left them; the last block is always
  /// looked at.
  int nonEmptyBlocks() {
    return nonEmptyBlocks;
  }

  /// Prunes one page; false when there is none left.
  boolean scanPage() {
    if (blocks < 0) {
      blocks = table.blocks();
    }
    if (block >= blocks) {
      return false;
    }
    if (skipRange()) {
      return true;
    }
    table.state().freeSpace.prepare(block);
    int buf = HeapTableScan.pinAhead(table, block, blocks, ring);
    int map;
    try {
      map = table.visible().pinForSet(block);
    } catch (RuntimeException e) {
      buffers.unpin(buf);
      throw e;
    }
    buffers.lockExclusive(buf);
    try {
      scan(buf, map);
    } finally {
      buffers.release(buf);
      buffers.unpin(map);
    }
    counters.pagesScanned++;
    block++;
    return true;
  }

  /// Passes over a long enough run of pages on which there is nothing to do. The last page is
  /// always looked at, because the end of the table may be cut off there.
  ///
  /// @return whether it has
  private boolean skipRange() {
    if (skipUntil < 0 && !disableSkipping) {
      int end = block;
      int status;
      boolean allFrozen = true;
      int wanted = aggressive ? VisibilityMap.FROZEN : VisibilityMap.VISIBLE;
      while (end < blocks - 1
          && end < block + SKIP_LOOK
          && (status = table.visible().status(end) & (wanted | VisibilityMap.FROZEN)) != 0) {
        allFrozen &= (status & VisibilityMap.FROZEN) != 0;
        end++;
      }
      skipUntil = end;
      if (end - block >= SKIP_MIN) {
        counters.skippedUnfrozen |= !allFrozen;
        block = end;
        skipUntil = -1;
        return true;
      }
    }
    if (block >= skipUntil) {
      skipUntil = -1;
    }
    return false;
  }

  /// Says in the visibility map that everybody sees all of a page, where that is so. What it goes
  /// by are the hints that pruning has just left.
  private void setVisible(int buf, int map) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean frozen = true;
    int tuples = 0;
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count; item++) {
      if (ItemId.state(PageItems.id(m, page, item)) == ItemId.DEAD) {
        return;
      }
      if (HeapPage.hasTuple(m, page, item)) {
        long tuple = HeapPage.tuple(m, page, item);
        int mask = HeapTuple.infomask(m, tuple);
        boolean forAll =
            (mask & HeapTuple.XMIN_COMMITTED) != 0
                && (HeapTuple.isFrozen(mask) || HeapTuple.xmin(m, tuple) < counters.oldestXmin)
                && (mask & HeapTuple.XMAX_INVALID) != 0;
        if (!forAll) {
          return;
        }
        // A hint about xmax may be lost in a crash; what is frozen must be known without asking.
        frozen &= HeapTuple.isFrozen(mask) && HeapTuple.xmax(m, tuple) == 0;
        tuples++;
      }
    }
    int status = VisibilityMap.VISIBLE | (frozen ? VisibilityMap.FROZEN : 0);
    int index = buffers.blockOf(buf) % VisibilityMap.BLOCKS_PER_PAGE;
    boolean known =
        table.visible().isFlagged(buf)
            && !PageLayout.isNew(m, buffers.offset(map))
            && VisibilityMap.get(m, buffers.offset(map), index) == status;
    if (tuples > 0 && !known) {
      table.visible().set(buf, map, status);
      counters.walRecords++;
    }
  }

  private void scan(int buf, int map) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    if (PageLayout.isNew(m, page)) {
      table.state().freeSpace.record(block, HeapPage.TUPLE_SIZE_MAX);
      return;
    }
    HeapPruner pruner = heap.borrowPruner();
    if (pruner.prune(buf, counters.oldestXmin)) {
      counters.walRecords++;
    }
    counters.tuplesRemoved += pruner.removedTuples();
    counters.live += pruner.live();
    counters.recentlyDead += pruner.recentlyDead();
    heap.giveBack(pruner);
    int n = deadItems(m, page);
    counters.deadItems += n;
    counters.deadItemPages += n > 0 ? 1 : 0;
    switch (deadItems) {
      case COLLECT -> {
        for (int i = 0; i < n; i++) {
          dead.add(Tid.of(block, items[i]));
        }
      }
      case FREE -> freeItems(buf, n);
      case LEAVE -> {}
    }
    freezeTuples(buf);
    setVisible(buf, map);
    if (hasTuples(m, page)) {
      nonEmptyBlocks = block + 1;
    }
    table.state().freeSpace.record(block, PageItems.freeSpace(m, page));
  }

  private static boolean hasTuples(MemorySegment m, long page) {
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count; item++) {
      int state = ItemId.state(PageItems.id(m, page, item));
      if (state == ItemId.NORMAL || state == ItemId.REDIRECT) {
        return true;
      }
    }
    return false;
  }

  private int deadItems(MemorySegment m, long page) {
    int n = 0;
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count; item++) {
      if (ItemId.state(PageItems.id(m, page, item)) == ItemId.DEAD) {
        items[n++] = (short) item;
      }
    }
    return n;
  }

  private void freeItems(int buf, int n) {
    if (n > 0) {
      short[] freed = Arrays.copyOf(items, n);
      HeapPage.freeItems(buffers.memory(), buffers.offset(buf), freed);
      log(HeapRecord.VACUUM, buf, freed);
    }
  }

  private void log(int info, int buf, short[] list) {
    WalRecordBuilder r = heap.wal.begin(Rmgr.HEAP, info, 0);
    r.buffer(0, buf, STANDARD);
    r.blockData(0).putShort(list.length);
    for (short item : list) {
      r.putShort(item);
    }
    r.insert();
    counters.walRecords++;
  }

  /// Freezes what is old enough, and notes the oldest xid that stays on the page. Hints may be lost
  /// in a crash, so an xid counts as gone only when that is logged.
  private void freezeTuples(int buf) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int n = 0;
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count; item++) {
      if (HeapPage.hasTuple(m, page, item)) {
        int flags = freezable(m, HeapPage.tuple(m, page, item));
        if (flags != 0) {
          items[n++] = (short) (item | flags);
        }
      }
    }
    if (n > 0) {
      short[] frozen = Arrays.copyOf(items, n);
      HeapPage.freeze(m, page, buffers.blockOf(buf), frozen);
      log(HeapRecord.FREEZE, buf, frozen);
    }
  }

  /// What is to be done to a tuple whose hints pruning has just set, where they could be: xids
  /// below the limit belong to nobody who runs.
  private int freezable(MemorySegment m, long tuple) {
    int flags = 0;
    int mask = HeapTuple.infomask(m, tuple);
    long xmin = HeapTuple.xmin(m, tuple);
    if (!HeapTuple.isFrozen(mask)) {
      if ((mask & HeapTuple.XMIN_COMMITTED) != 0 && xmin < counters.freezeLimit) {
        flags |= HeapPage.FREEZE_XMIN;
      } else {
        counters.keepsXid(xmin);
      }
    }
    long xmax = HeapTuple.xmax(m, tuple);
    if (xmax != 0) {
      boolean over = (mask & HeapTuple.XMAX_INVALID) != 0 || HeapTuple.isLockOnly(mask);
      if (over && xmax < counters.freezeLimit) {
        flags |= HeapPage.CLEAR_XMAX;
      } else {
        counters.keepsXid(xmax);
      }
    }
    return flags;
  }

  /// Frees the dead line pointers of one page.
  ///
  /// @param from the first of the page in the list of dead tids
  /// @return the first of the next page
  int freeDead(int from) {
    int page = Tid.block(dead.get(from));
    table.state().freeSpace.prepare(page);
    int buf = buffers.pin(table.file(), Fork.MAIN, page, ring);
    int map;
    try {
      map = table.visible().pinForSet(page);
    } catch (RuntimeException e) {
      buffers.unpin(buf);
      throw e;
    }
    buffers.lockExclusive(buf);
    int n = 0;
    int next = from;
    while (next < dead.size() && Tid.block(dead.get(next)) == page) {
      items[n++] = (short) Tid.offset(dead.get(next++));
    }
    freeItems(buf, n);
    int free = PageItems.freeSpace(buffers.memory(), buffers.offset(buf));
    table.state().freeSpace.record(page, free);
    setVisible(buf, map);
    buffers.release(buf);
    buffers.unpin(map);
    return next;
  }
}
