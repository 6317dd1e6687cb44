package dev.lifeline.access.heap;

import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Writes the new version of a row: on the same page where it fits, heap-only if no indexed column
/// changes; else on another page.
final class HeapUpdater {
  private final HeapAccess heap;
  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;
  private final TableState state;
  private final HeapInserter inserter;
  private final HeapRowState rows;
  private final VisibilityMap visible;

  HeapUpdater(
      HeapAccess heap,
      RelFileLocator file,
      TableState state,
      HeapInserter inserter,
      HeapRowState rows) {
    this.heap = heap;
    this.buffers = heap.buffers;
    this.wal = heap.wal;
    this.file = file;
    this.state = state;
    this.inserter = inserter;
    this.rows = rows;
    this.visible = new VisibilityMap(buffers, wal, file);
  }

  /// Replaces a row version.
  ///
  /// @param identity what decoding is told of the old one
  /// @param heapOnly no indexed column gets another value
  /// @return the result; WOULD_BLOCK with the *xid* to wait for in place of a tid
  ModifyResult update(
      Xact xact,
      long tid,
      byte[] payload,
      byte @Nullable [] identity,
      RowLock strength,
      boolean heapOnly) {

    xact.xid();
    wal.reserve();
    int buf = buffers.pin(file, Fork.MAIN, Tid.block(tid));
    try {
      while (true) {
        ModifyResult result = inPage(xact, tid, buf, payload, identity, strength, heapOnly);
        if (result == null) {
          result = acrossPages(xact, tid, buf, payload, identity, strength);
        }
        if (result != null) {
          return result;
        }
      }
    } finally {
      buffers.unpin(buf);
    }
  }

  /// Returns null when the row may be updated, but its page has no room for the new version.
  private @Nullable ModifyResult inPage(
      Xact xact,
      long tid,
      int buf,
      byte[] payload,
      byte @Nullable [] identity,
      RowLock strength,
      boolean heapOnly) {
    visible.lockForChange(buf);
    try {
      ModifyResult result = rows.examine(xact, tid, buf, strength);
      if (result == null && makeRoom(buf, HeapTuple.HEADER_SIZE + payload.length)) {
        result = writeInPage(xact, tid, buf, payload, identity, strength, heapOnly);
      }
      return result;
    } finally {
      buffers.unlock(buf);
    }
  }

  /// Whether the page has room for the new version, perhaps after it was pruned.
  private boolean makeRoom(int buf, int size) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    if (HeapPage.fits(m, page, size, 0)) {
      return true;
    }
    long pruneXid = PageLayout.pruneXid(m, page);
    if (pruneXid != 0) {
      long oldestXmin = heap.transactions.oldestXmin();
      if (pruneXid < oldestXmin) {
        heap.prune(buf, oldestXmin);
        if (HeapPage.fits(m, page, size, 0)) {
          return true;
        }
      }
    }
    PageLayout.setFlags(m, page, PageLayout.flags(m, page) | PageLayout.PAGE_FULL);
    buffers.setHint(buf);
    return false;
  }

  private ModifyResult writeInPage(
      Xact xact,
      long tid,
      int buf,
      byte[] payload,
      byte @Nullable [] identity,
      RowLock strength,
      boolean hot) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int item = HeapPage.nextItem(m, page);
    int newMask = HeapTuple.UPDATED | (hot ? HeapTuple.HEAP_ONLY : 0);
    long newTid = Tid.of(Tid.block(tid), item);
    putVersion(xact, m, page, newTid, payload, newMask);
    int oldBits = HeapTuple.strengthBits(strength) | (hot ? HeapTuple.HOT_UPDATED : 0);
    retire(xact, tid, m, page, oldBits, newTid);
    WalRecordBuilder r = wal.begin(Rmgr.HEAP, HeapRecord.UPDATE_IN_PAGE, xact.xid());
    boolean logged = xact.logged(file) != null;
    r.buffer(0, buf, logged ? STANDARD | WalRecordBuilder.KEEP_DATA : STANDARD);
    r.blockData(0)
        .putShort(Tid.offset(tid))
        .putShort(oldBits)
        .putShort(item)
        .putShort(newMask)
        .putBytes(m, HeapPage.tuple(m, page, item) + HeapTuple.HEADER_SIZE, payload.length);
    if (identity != null) {
      r.data().putBytes(identity);
    }
    r.insert();
    return new ModifyResult(Status.OK, newTid, !hot);
  }

  private static void putVersion(
      Xact xact, MemorySegment m, long page, long tid, byte[] payload, int mask) {
    int size = HeapTuple.HEADER_SIZE + payload.length;
    long tuple = HeapPage.add(m, page, Tid.offset(tid), size);
    HeapTuple.init(m, tuple, xact.xid(), xact.commandId(), tid, mask);
    MemorySegment.copy(
        payload, 0, m, ValueLayout.JAVA_BYTE, tuple + HeapTuple.HEADER_SIZE, payload.length);
  }

  /// Marks the old version as replaced.
  private void retire(Xact xact, long tid, MemorySegment m, long page, int bits, long newTid) {
    long tuple = HeapPage.tuple(m, page, Tid.offset(tid));
    rows.keepOtherLock(xact, tid, m, tuple);
    rows.stampCommand(xact, m, tuple);
    HeapPage.setXmax(m, page, tuple, xact.xid(), bits, newTid);
    if (!state.rowLockers.isEmpty()) {
      state.rowLockers.inherit(tid, newTid, heap.transactions);
    }
  }

  /// Writes the new version to another page. The row's page stays pinned and was unlatched; both
  /// are latched in the order of their numbers, and everything is looked at again.
  ///
  /// @return null when that page had no room after all
  private @Nullable ModifyResult acrossPages(
      Xact xact, long tid, int buf, byte[] payload, byte @Nullable [] identity, RowLock strength) {
    int size = HeapTuple.HEADER_SIZE + payload.length;
    int pid = xact.proc().pid();
    int oldBlock = Tid.block(tid);
    int block = state.target(pid);
    if (block < 0 || block == oldBlock) {
      block = inserter.candidate(size, oldBlock);
    }
    int other = latchBoth(buf, block, pid);
    try {
      ModifyResult result = rows.examine(xact, tid, buf, strength);
      if (result == null && inserter.hasRoom(other, size)) {
        state.setTarget(pid, buffers.blockOf(other));
        return writeAcross(xact, tid, buf, other, payload, identity, strength);
      }
      inserter.noteRoom(other);
      state.setTarget(pid, -1);
      return result;
    } finally {
      buffers.unlock(buf);
      buffers.release(other);
    }
  }

  /// Latches the row's page and another one.
  ///
  /// @param block the other one, -1 for a new one
  /// @return the other one, pinned
  private int latchBoth(int buf, int block, int pid) {
    if (block < 0) {
      // Nobody else can know of a new block yet, so its latch may come before a lower one's.
      visible.prepareChange(buf);
      int added = buffers.extend(file, Fork.MAIN);
      buffers.lockExclusive(buf);
      if (!visible.isFlagged(buf)) {
        return added;
      }
      // Vacuum was faster: it is to be cleared again, for which the latches are given up. The new
      // block stays for the next one.
      buffers.unlock(buf);
      state.freeSpace.record(buffers.blockOf(added), HeapPage.TUPLE_SIZE_MAX);
      buffers.release(added);
      return latchBoth(buf, block, pid);
    }
    state.setTarget(pid, block);
    int other = buffers.pin(file, Fork.MAIN, block);
    int first = block < buffers.blockOf(buf) ? other : buf;
    int second = first == buf ? other : buf;
    while (true) {
      try {
        visible.prepareChange(buf);
        visible.prepareChange(other);
      } catch (RuntimeException e) {
        buffers.unpin(other);
        throw e;
      }
      buffers.lockExclusive(first);
      buffers.lockExclusive(second);
      if (!visible.isFlagged(buf) && !visible.isFlagged(other)) {
        return other;
      }
      buffers.unlock(second);
      buffers.unlock(first);
    }
  }

  private ModifyResult writeAcross(
      Xact xact,
      long tid,
      int buf,
      int other,
      byte[] payload,
      byte @Nullable [] identity,
      RowLock strength) {
    MemorySegment m = buffers.memory();
    long newPage = buffers.offset(other);
    boolean fresh = HeapInserter.initIfNew(m, newPage);
    int item = HeapPage.nextItem(m, newPage);
    long newTid = Tid.of(buffers.blockOf(other), item);
    putVersion(xact, m, newPage, newTid, payload, HeapTuple.UPDATED);
    int oldBits = HeapTuple.strengthBits(strength);
    retire(xact, tid, m, buffers.offset(buf), oldBits, newTid);
    WalRecordBuilder r =
        wal.begin(Rmgr.HEAP, HeapRecord.UPDATE | (fresh ? HeapRecord.INIT_PAGE : 0), xact.xid());
    r.buffer(0, other, HeapInserter.registration(fresh, xact.logged(file) != null))
        .buffer(1, buf, STANDARD);
    r.data().putShort(item);
    if (identity != null) {
      r.putBytes(identity);
    }
    r.blockData(0)
        .putShort(item)
        .putShort(HeapTuple.UPDATED)
        .putBytes(m, HeapPage.tuple(m, newPage, item) + HeapTuple.HEADER_SIZE, payload.length);
    r.blockData(1).putShort(Tid.offset(tid)).putShort(oldBits);
    r.insert();
    return new ModifyResult(Status.OK, newTid, true);
  }
}
