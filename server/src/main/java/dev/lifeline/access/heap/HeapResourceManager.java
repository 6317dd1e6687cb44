package dev.lifeline.access.heap;

import static dev.lifeline.storage.page.PageLayout.BYTE;
import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecord;
import java.lang.foreign.MemorySegment;

/// Repeats the changes of heap pages. See [HeapRecord] for the records.
public final class HeapResourceManager implements ResourceManager {
  @Override
  public int id() {
    return Rmgr.HEAP;
  }

  @Override
  public String name() {
    return "Heap";
  }

  @Override
  public void redo(WalRecord record, RedoContext context) {
    int info = record.info();
    if (context.needsRedo(0)) {
      long page = context.page(0);
      if ((info & HeapRecord.INIT_PAGE) != 0) {
        HeapPage.init(context.memory(), page);
      }
      redoBlock0(info & ~HeapRecord.INIT_PAGE, record, context.memory(), page);
    }
    if (record.blockCount() > 1 && context.needsRedo(1)) {
      redoBlock1(info & ~HeapRecord.INIT_PAGE, record, context.memory(), context.page(1));
    }
  }

  private static void redoBlock1(int info, WalRecord record, MemorySegment m, long page) {
    switch (info) {
      case HeapRecord.UPDATE -> redoOldVersion(record, m, page);
      case HeapRecord.VISIBLE -> VisibilityMap.setFlag(m, page);
      case HeapRecord.CLEAR_VISIBLE -> VisibilityMap.clearFlag(m, page);
      default -> throw new IllegalStateException("heap record " + info + " with a second block");
    }
  }

  private static void redoBlock0(int info, WalRecord record, MemorySegment m, long page) {
    MemorySegment log = record.memory();
    long at = record.blockDataOffset(0);
    int length = record.blockDataLength(0);
    switch (info) {
      case HeapRecord.INSERT, HeapRecord.UPDATE ->
          add(record, m, page, shortAt(log, at), shortAt(log, at + 2), at + 4, length - 4);
      case HeapRecord.MULTI_INSERT -> redoMultiInsert(record, m, page, log, at);
      case HeapRecord.DELETE -> {
        int item = shortAt(log, at);
        long self = Tid.of(record.block(0), item);
        long tuple = HeapPage.tuple(m, page, item);
        HeapPage.setXmax(m, page, tuple, record.xid(), shortAt(log, at + 2), self);
      }
      case HeapRecord.RETRACT -> {
        int item = shortAt(log, at);
        long self = Tid.of(record.block(0), item);
        HeapPage.retract(m, page, HeapPage.tuple(m, page, item), record.xid(), self);
      }
      case HeapRecord.UPDATE_IN_PAGE -> redoUpdateInPage(record, m, page, log, at, length);
      case HeapRecord.LOCK -> {
        int item = shortAt(log, at);
        long self = Tid.of(record.block(0), item);
        long tuple = HeapPage.tuple(m, page, item);
        HeapPage.setLock(m, tuple, record.xid(), shortAt(log, at + 2), self);
      }
      case HeapRecord.PRUNE -> redoPrune(record, m, page, log, at);
      case HeapRecord.VACUUM -> HeapPage.freeItems(m, page, items(log, at));
      case HeapRecord.VISIBLE -> {
        long data = record.dataOffset();
        VisibilityMap.set(m, page, log.get(INT, data), log.get(BYTE, data + 4));
      }
      case HeapRecord.CLEAR_VISIBLE ->
          VisibilityMap.clear(m, page, log.get(INT, record.dataOffset()));
      case HeapRecord.FORGET_VISIBLE ->
          VisibilityMap.clearFrom(m, page, log.get(INT, record.dataOffset()));
      case HeapRecord.FREEZE -> HeapPage.freeze(m, page, record.block(0), items(log, at));
      case HeapRecord.PAGES -> {}
      default -> throw new IllegalStateException("heap record " + info);
    }
  }

  private static int shortAt(MemorySegment m, long at) {
    return m.get(SHORT, at) & 0xffff;
  }

  /// An array of shorts behind its length.
  private static short[] items(MemorySegment log, long at) {
    short[] items = new short[shortAt(log, at)];
    for (int i = 0; i < items.length; i++) {
      items[i] = log.get(SHORT, at + 2 + 2L * i);
    }
    return items;
  }

  private static void add(
      WalRecord record, MemorySegment m, long page, int item, int mask, long payload, int length) {
    long tuple = HeapPage.add(m, page, item, HeapTuple.HEADER_SIZE + length);
    HeapTuple.init(m, tuple, record.xid(), 0, Tid.of(record.block(0), item), mask);
    MemorySegment.copy(record.memory(), payload, m, tuple + HeapTuple.HEADER_SIZE, length);
  }

  private static void redoMultiInsert(
      WalRecord record, MemorySegment m, long page, MemorySegment log, long at) {
    int count = shortAt(log, at);
    long next = at + 2;
    for (int i = 0; i < count; i++) {
      int length = shortAt(log, next + 2);
      add(record, m, page, shortAt(log, next), 0, next + 4, length);
      next += 4 + length;
    }
  }

  private static void redoUpdateInPage(
      WalRecord record, MemorySegment m, long page, MemorySegment log, long at, int length) {
    int newItem = shortAt(log, at + 4);
    add(record, m, page, newItem, shortAt(log, at + 6), at + 8, length - 8);
    long old = HeapPage.tuple(m, page, shortAt(log, at));
    long newTid = Tid.of(record.block(0), newItem);
    HeapPage.setXmax(m, page, old, record.xid(), shortAt(log, at + 2), newTid);
  }

  private static void redoOldVersion(WalRecord record, MemorySegment m, long page) {
    MemorySegment log = record.memory();
    long at = record.blockDataOffset(1);
    long newTid = Tid.of(record.block(0), shortAt(log, record.dataOffset()));
    long old = HeapPage.tuple(m, page, shortAt(log, at));
    HeapPage.setXmax(m, page, old, record.xid(), shortAt(log, at + 2), newTid);
  }

  private static void redoPrune(
      WalRecord record, MemorySegment m, long page, MemorySegment log, long at) {
    int redirects = shortAt(log, at);
    int dead = shortAt(log, at + 2);
    int unused = shortAt(log, at + 4);
    short[] changes = new short[2 * redirects + dead + unused];
    for (int i = 0; i < changes.length; i++) {
      changes[i] = log.get(SHORT, at + 6 + 2L * i);
    }
    long pruneXid = log.get(LONG, record.dataOffset());
    HeapPage.prune(m, page, changes, redirects, dead, unused, pruneXid);
  }

  @Override
  public String describe(WalRecord record) {
    int info = record.info();
    String name = HeapRecord.name(info);
    if (record.blockDataLength(0) < 2) {
      return name;
    }
    int first = shortAt(record.memory(), record.blockDataOffset(0));
    return switch (info & ~HeapRecord.INIT_PAGE) {
      case HeapRecord.MULTI_INSERT, HeapRecord.VACUUM, HeapRecord.FREEZE ->
          name + " ntuples " + first;
      case HeapRecord.PRUNE -> name + " nredirected " + first;
      default -> name + " off " + first;
    };
  }
}
