package dev.lifeline.access.heap;

import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.LoggedTable;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.lmgr.LockTag;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Updates, deletes and locks rows.
///
/// A row that somebody else has changed or locked is waited for like this: take the heavyweight
/// lock on the tuple, so that those who wait for one row stand in a line, then wait for the end of
/// the other transaction, then look again. The tuple lock is given back when the row was taken, or
/// turned out to be gone.
final class HeapModifier {
  private static final TupleSink NOBODY = (tid, memory, offset, length) -> {};

  private final HeapAccess heap;
  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;
  private final int relation;
  private final TableState state;
  private final HeapRowState rows;
  private final HeapUpdater updater;
  private final VisibilityMap visible;

  HeapModifier(
      HeapAccess heap, RelFileLocator file, int relation, TableState state, HeapInserter inserter) {
    this.heap = heap;
    this.buffers = heap.buffers;
    this.wal = heap.wal;
    this.file = file;
    this.relation = relation;
    this.state = state;
    this.rows = new HeapRowState(heap, state);
    this.visible = new VisibilityMap(buffers, wal, file);
    this.updater = new HeapUpdater(heap, file, state, inserter, rows);
  }

  ModifyResult update(
      Xact xact, long tid, byte[] payload, boolean indexedChanged, boolean keyChanged) {
    HeapInserter.checkSize(HeapTuple.HEADER_SIZE + payload.length);
    RowLock strength = keyChanged ? RowLock.UPDATE : RowLock.NO_KEY_UPDATE;
    byte[] identity = oldIdentity(xact, tid, payload);
    while (true) {
      ModifyResult result = updater.update(xact, tid, payload, identity, strength, !indexedChanged);
      if (result.status() != Status.WOULD_BLOCK) {
        return finished(xact, tid, result);
      }
      await(xact, tid, result.tid(), result.needsIndexEntries());
    }
  }

  /// What decoding is told of a row version that goes; it is read before the page is latched, for
  /// versions do not change.
  private byte @Nullable [] oldIdentity(Xact xact, long tid, byte @Nullable [] payload) {
    LoggedTable logged = xact.logged(file);
    return logged != null && logged.file().equals(file) ? logged.oldIdentity(tid, payload) : null;
  }

  ModifyResult delete(Xact xact, long tid) {
    byte[] identity = oldIdentity(xact, tid, null);
    while (true) {
      int buf = begin(xact, tid);
      ModifyResult result;
      try {
        result = rows.examine(xact, tid, buf, RowLock.UPDATE);
        if (result == null) {
          result = doDelete(xact, tid, buf, identity);
        }
      } finally {
        buffers.release(buf);
      }
      if (result.status() != Status.WOULD_BLOCK) {
        return finished(xact, tid, result);
      }
      await(xact, tid, result.tid(), result.needsIndexEntries());
    }
  }

  private int begin(Xact xact, long tid) {
    xact.xid();
    wal.reserve();
    return visible.pinForChange(Tid.block(tid), null);
  }

  private ModifyResult doDelete(Xact xact, long tid, int buf, byte @Nullable [] identity) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int item = Tid.offset(tid);
    long tuple = HeapPage.tuple(m, page, item);
    int bits = HeapTuple.strengthBits(RowLock.UPDATE);
    rows.stampCommand(xact, m, tuple);
    HeapPage.setXmax(m, page, tuple, xact.xid(), bits, tid);
    int keep = identity == null ? 0 : WalRecordBuilder.KEEP_DATA;
    WalRecordBuilder r =
        wal.begin(Rmgr.HEAP, HeapRecord.DELETE, xact.xid())
            .buffer(0, buf, WalRecordBuilder.STANDARD | keep)
            .blockData(0)
            .putShort(item)
            .putShort(bits);
    if (identity != null) {
      r.data().putBytes(identity);
    }
    r.insert();
    return new ModifyResult(Status.OK, tid, false);
  }

  /// Takes back a row that this very command has added. Nobody can have touched it meanwhile:
  /// nobody sees it.
  void retract(Xact xact, long tid) {
    int buf = begin(xact, tid);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int item = Tid.offset(tid);
      HeapPage.retract(m, page, HeapPage.tuple(m, page, item), xact.xid(), tid);
      wal.begin(Rmgr.HEAP, HeapRecord.RETRACT, xact.xid())
          .buffer(0, buf, WalRecordBuilder.STANDARD)
          .blockData(0)
          .putShort(item)
          .insert();
    } finally {
      buffers.release(buf);
    }
  }

  ModifyResult lock(Xact xact, long tid, RowLock strength, LockWaitPolicy policy, TupleSink sink) {
    while (true) {
      xact.xid();
      wal.reserve();
      int buf = visible.pinForLock(Tid.block(tid));
      ModifyResult result;
      @Nullable ModifyResult past = null;
      try {
        result = rows.examine(xact, tid, buf, strength);
        boolean kept = result != null && isKept(xact, tid, result, strength);
        if (result != null && !kept && isPastKey(buf, tid, result, strength)) {
          past = result;
        } else if (kept) {
          result = new ModifyResult(Status.OK, tid, false);
        } else if (result == null) {
          doLock(xact, tid, buf, strength);
          result = new ModifyResult(Status.OK, tid, false);
        }
        if (past == null && result.ok()) {
          handOut(buf, tid, sink);
        }
      } finally {
        buffers.release(buf);
      }
      if (past != null) {
        return finished(xact, tid, lockPast(xact, tid, past, policy, sink));
      }
      if (result.status() != Status.WOULD_BLOCK || policy == LockWaitPolicy.RETURN) {
        return finished(xact, tid, result);
      }
      await(xact, tid, result.tid(), result.needsIndexEntries());
    }
  }

  /// A lock that was taken before somebody else changed the row, without touching its key, is still
  /// there: asking for it again does not mean the newer version.
  private boolean isKept(Xact xact, long tid, ModifyResult result, RowLock strength) {
    return result.status() == Status.UPDATED && state.rowLockers.holds(tid, xact, strength);
  }

  /// Whether the row has a newer version with the same key, and only that one is to be kept: then
  /// the version that was asked for is as good.
  private boolean isPastKey(int buf, long tid, ModifyResult result, RowLock strength) {
    if (result.status() != Status.UPDATED || strength != RowLock.KEY_SHARE) {
      return false;
    }
    MemorySegment m = buffers.memory();
    long tuple = HeapPage.tuple(m, buffers.offset(buf), Tid.offset(tid));
    return HeapTuple.strength(HeapTuple.infomask(m, tuple)) == RowLock.NO_KEY_UPDATE;
  }

  /// Locks the newest version in place of the one that was asked for, and hands out that one.
  private ModifyResult lockPast(
      Xact xact, long tid, ModifyResult past, LockWaitPolicy policy, TupleSink sink) {
    ModifyResult newest = lock(xact, past.tid(), RowLock.KEY_SHARE, policy, NOBODY);
    if (!newest.ok()) {
      return newest;
    }
    int buf = buffers.pin(file, Fork.MAIN, Tid.block(tid));
    buffers.lockShared(buf);
    try {
      handOut(buf, tid, sink);
    } finally {
      buffers.release(buf);
    }
    return new ModifyResult(Status.OK, tid, false);
  }

  private void handOut(int buf, long tid, TupleSink sink) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int item = Tid.offset(tid);
    int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
    sink.tuple(tid, m, HeapPage.tuple(m, page, item) + HeapTuple.HEADER_SIZE, length);
  }

  private void doLock(Xact xact, long tid, int buf, RowLock strength) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int item = Tid.offset(tid);
    long tuple = HeapPage.tuple(m, page, item);
    int mask = HeapTuple.infomask(m, tuple);
    long xmax = (mask & HeapTuple.XMAX_INVALID) != 0 ? 0 : HeapTuple.xmax(m, tuple);
    if (xmax != 0 && xact.isCurrent(xmax)) {
      if (HeapTuple.isLockOnly(mask) && HeapTuple.strength(mask).compareTo(strength) >= 0) {
        return;
      }
    } else if (state.rowLockers.holds(tid, xact, strength)) {
      return;
    }
    if (xmax != 0 && !xact.isCurrent(xmax) && heap.transactions.isRunning(xmax)) {
      // Somebody else's lock, or his update that leaves the key alone, stays where it is.
      state.rowLockers.add(tid, xact.xid(), strength, heap.transactions);
      if (!HeapTuple.isLockOnly(mask)) {
        long next = HeapTuple.ctid(m, tuple);
        state.rowLockers.add(next, xact.xid(), strength, heap.transactions);
      }
      return;
    }
    rows.keepOtherLock(xact, tid, m, tuple);
    int bits = HeapTuple.strengthBits(strength);
    HeapPage.setLock(m, tuple, xact.xid(), bits, tid);
    wal.begin(Rmgr.HEAP, HeapRecord.LOCK, xact.xid())
        .buffer(0, buf, WalRecordBuilder.STANDARD)
        .blockData(0)
        .putShort(item)
        .putShort(bits)
        .insert();
  }

  /// Waits for a transaction that has the row; returns when it is over.
  ///
  /// @param sharing this transaction has locked the row, too, and wants more: it must not stand in
  ///   the line, behind somebody who waits for it
  private void await(Xact xact, long tid, long xid, boolean sharing) {
    LockOwner owner = xact.proc().lockOwner();
    if (!sharing) {
      heap.locks.lock(owner, tag(tid), LockMode.EXCLUSIVE);
    }
    heap.locks.awaitXid(owner, xid);
  }

  private LockTag tag(long tid) {
    return LockTag.tuple(file.dbOid(), relation, tid);
  }

  private ModifyResult finished(Xact xact, long tid, ModifyResult result) {
    @Nullable LockOwner owner = xact.proc().lockOwnerIfAny();
    if (owner != null && heap.locks.mayHoldShared(owner)) {
      heap.locks.unlock(owner, tag(tid), LockMode.EXCLUSIVE);
    }
    return result;
  }
}
