package dev.lifeline.sim;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/// A table of entries (xid, transfer, delta) that are only ever added: the least that shows whether
/// transactions are atomic and durable, without the heap.
final class SimLedger implements ResourceManager {
  static final int ID = 31;
  static final int PAGES = 24;

  private static final int INSERT = 0;
  private static final int INIT = 1;
  private static final int ENTRY_SIZE = 24;

  /// What is in the table.
  record Entry(long xid, long transfer, long delta) {}

  @Override
  public int id() {
    return ID;
  }

  @Override
  public String name() {
    return "Ledger";
  }

  /// Makes the table one page longer.
  static void addPage(SharedMemory shared, Xact xact, RelFileLocator rel) {
    shared.wal().reserve();
    BufferPool pool = shared.buffers();
    int buf = pool.extend(rel, Fork.MAIN);
    PageLayout.init(pool.memory(), pool.offset(buf), 0);
    shared.wal().begin(ID, INIT, xact.xid()).buffer(0, buf, WalRecordBuilder.WILL_INIT).insert();
    pool.release(buf);
  }

  static void add(
      SharedMemory shared, Xact xact, RelFileLocator rel, int block, long transfer, long delta) {
    shared.wal().reserve();
    BufferPool pool = shared.buffers();
    int buf = pool.pin(rel, Fork.MAIN, block);
    pool.lockExclusive(buf);
    MemorySegment m = pool.memory();
    long page = pool.offset(buf);
    int number = PageItems.add(m, page, PageItems.count(m, page) + 1, ENTRY_SIZE);
    if (number == PageItems.NO_ROOM) {
      throw new AssertionError("the page is full: make the workload smaller");
    }
    long at = page + ItemId.offset(PageItems.id(m, page, number));
    long xid = xact.xid();
    put(m, at, xid, transfer, delta);
    WalRecordBuilder record =
        shared.wal().begin(ID, INSERT, xid).buffer(0, buf, WalRecordBuilder.STANDARD);
    record.blockData(0).putLong(xid).putLong(transfer).putLong(delta);
    record.insert();
    pool.release(buf);
  }

  private static void put(MemorySegment m, long at, long xid, long transfer, long delta) {
    m.set(PageLayout.LONG, at, xid);
    m.set(PageLayout.LONG, at + 8, transfer);
    m.set(PageLayout.LONG, at + 16, delta);
  }

  /// The entries of a page, visible or not.
  static List<Entry> read(SharedMemory shared, RelFileLocator rel, int block) {
    BufferPool pool = shared.buffers();
    int buf = pool.pin(rel, Fork.MAIN, block);
    pool.lockShared(buf);
    List<Entry> entries = new ArrayList<>();
    MemorySegment m = pool.memory();
    long page = pool.offset(buf);
    for (int i = 1; i <= PageItems.count(m, page); i++) {
      long at = page + ItemId.offset(PageItems.id(m, page, i));
      entries.add(
          new Entry(
              m.get(PageLayout.LONG, at),
              m.get(PageLayout.LONG, at + 8),
              m.get(PageLayout.LONG, at + 16)));
    }
    pool.release(buf);
    return entries;
  }

  @Override
  public void redo(WalRecord record, RedoContext context) {
    if (!context.needsRedo(0)) {
      return;
    }
    MemorySegment m = context.memory();
    long page = context.page(0);
    if (record.info() == INIT) {
      PageLayout.init(m, page, 0);
      return;
    }
    int number = PageItems.add(m, page, PageItems.count(m, page) + 1, ENTRY_SIZE);
    long at = page + ItemId.offset(PageItems.id(m, page, number));
    MemorySegment.copy(record.memory(), record.blockDataOffset(0), m, at, ENTRY_SIZE);
  }

  @Override
  public String describe(WalRecord record) {
    return record.info() == INIT ? "INIT" : "INSERT";
  }
}
