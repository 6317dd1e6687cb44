package dev.lifeline.access.heap;

import dev.lifeline.access.heap.HeapVisibility.ForUpdate;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Xact;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// What stands in the way of changing a row, and what a change must keep.
final class HeapRowState {
  private final HeapAccess heap;
  private final TableState state;

  HeapRowState(HeapAccess heap, TableState state) {
    this.heap = heap;
    this.state = state;
  }

  /// Looks whether the transaction may change or lock a row version now. Its page is latched.
  ///
  /// @return null when it may; WOULD_BLOCK with the *xid* to wait for in place of a tid, and
  ///   whether the transaction has a weaker lock on the row in place of `needsIndexEntries`; or the
  ///   result that the caller gets
  @Nullable ModifyResult examine(Xact xact, long tid, int buf, RowLock strength) {
    MemorySegment m = heap.buffers.memory();
    long page = heap.buffers.offset(buf);
    int item = Tid.offset(tid);
    if (!HeapPage.hasTuple(m, page, item)) {
      // It was pruned away: nobody could see it any more.
      return new ModifyResult(Status.DELETED, tid, false);
    }
    long tuple = HeapPage.tuple(m, page, item);
    ForUpdate verdict = heap.visibility.forUpdate(m, tuple, buf, xact, tid);
    return switch (verdict) {
      case OK -> otherLockers(xact, tid, strength, false);
      case INVISIBLE -> new ModifyResult(Status.INVISIBLE, tid, false);
      case SELF_MODIFIED -> new ModifyResult(Status.SELF_MODIFIED, tid, false);
      case UPDATED -> new ModifyResult(Status.UPDATED, HeapTuple.ctid(m, tuple), false);
      case DELETED -> new ModifyResult(Status.DELETED, tid, false);
      case BEING_MODIFIED -> beingModified(xact, tid, m, tuple, strength);
    };
  }

  private @Nullable ModifyResult beingModified(
      Xact xact, long tid, MemorySegment m, long tuple, RowLock strength) {
    long xmax = HeapTuple.xmax(m, tuple);
    int mask = HeapTuple.infomask(m, tuple);
    boolean inTheWay =
        !xact.isCurrent(xmax) && HeapTuple.conflict(HeapTuple.strength(mask), strength);
    return inTheWay
        ? new ModifyResult(Status.WOULD_BLOCK, xmax, alsoLocked(xact, tid))
        : otherLockers(xact, tid, strength, xact.isCurrent(xmax));
  }

  /// Whether the transaction is one of several that have locked the row.
  private boolean alsoLocked(Xact xact, long tid) {
    return !state.rowLockers.isEmpty() && state.rowLockers.holds(tid, xact, RowLock.KEY_SHARE);
  }

  private @Nullable ModifyResult otherLockers(
      Xact xact, long tid, RowLock strength, boolean locked) {
    if (state.rowLockers.isEmpty()) {
      return null;
    }
    long xid = state.rowLockers.conflicting(tid, xact, strength, heap.transactions);
    return xid == 0
        ? null
        : new ModifyResult(Status.WOULD_BLOCK, xid, locked || alsoLocked(xact, tid));
  }

  /// Notes the current command as the one that deletes the row version.
  void stampCommand(Xact xact, MemorySegment m, long tuple) {
    int mask = HeapTuple.infomask(m, tuple);
    int command = xact.commandId();
    boolean own =
        (mask & HeapTuple.XMIN_COMMITTED) == 0 && xact.isCurrent(HeapTuple.xmin(m, tuple));
    if (own) {
      int cid = HeapTuple.cid(m, tuple);
      int cmin = (mask & HeapTuple.COMBO_CID) != 0 ? heap.combos.cmin(xact, cid) : cid;
      HeapTuple.setCid(m, tuple, heap.combos.number(xact, cmin, command));
      HeapTuple.setInfomask(m, tuple, mask | HeapTuple.COMBO_CID);
    } else {
      HeapTuple.setCid(m, tuple, command);
      HeapTuple.setInfomask(m, tuple, mask & ~HeapTuple.COMBO_CID);
    }
  }

  /// Before xmax is replaced: a lock that it stands for, and that is still held, is noted
  /// elsewhere. It may be another transaction's, or belong to an outer subtransaction, which has it
  /// also after the inner one was rolled back.
  void keepOtherLock(Xact xact, long tid, MemorySegment m, long tuple) {
    int mask = HeapTuple.infomask(m, tuple);
    if ((mask & HeapTuple.XMAX_INVALID) != 0 || !HeapTuple.isLockOnly(mask)) {
      return;
    }
    long xmax = HeapTuple.xmax(m, tuple);
    if (xmax != xact.xid() && (xact.isCurrent(xmax) || heap.transactions.isRunning(xmax))) {
      state.rowLockers.add(tid, xmax, HeapTuple.strength(mask), heap.transactions);
    }
  }
}
