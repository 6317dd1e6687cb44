package dev.lifeline.access.heap;

import static dev.lifeline.access.heap.HeapTuple.COMBO_CID;
import static dev.lifeline.access.heap.HeapTuple.XMAX_COMMITTED;
import static dev.lifeline.access.heap.HeapTuple.XMAX_INVALID;
import static dev.lifeline.access.heap.HeapTuple.XMAX_LOCK_ONLY;
import static dev.lifeline.access.heap.HeapTuple.XMIN_COMMITTED;
import static dev.lifeline.access.heap.HeapTuple.XMIN_FROZEN;
import static dev.lifeline.access.heap.HeapTuple.XMIN_INVALID;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XidStatus;
import dev.lifeline.storage.buffer.BufferPool;
import java.lang.foreign.MemorySegment;

/// Who sees a row version: the rules of PostgreSQL's `heapam_visibility.c`.
///
/// Every method is called with the page latched, at least shared. What it learns about the fate of
/// xmin and xmax it notes in the tuple's hint bits. The order of questions matters: first whether a
/// transaction runs, then what became of it, because it leaves the process array only after the
/// commit log knows.
///
/// The commit log may have to be read: then NotYet is thrown, and the caller lets go of the page.
final class HeapVisibility {
  /// For an update.
  enum ForUpdate {
    OK,
    INVISIBLE,
    SELF_MODIFIED,
    UPDATED,
    DELETED,
    BEING_MODIFIED
  }

  /// For vacuum and pruning.
  enum ForVacuum {
    DEAD,
    LIVE,
    RECENTLY_DEAD,
    INSERT_IN_PROGRESS,
    DELETE_IN_PROGRESS
  }

  private final BufferPool buffers;
  private final Transactions transactions;
  private final ComboCids combos;

  HeapVisibility(BufferPool buffers, Transactions transactions, ComboCids combos) {
    this.buffers = buffers;
    this.transactions = transactions;
    this.combos = combos;
  }

  private int cmin(MemorySegment m, long tuple, Xact xact, int mask) {
    int cid = HeapTuple.cid(m, tuple);
    return (mask & COMBO_CID) != 0 ? combos.cmin(xact, cid) : cid;
  }

  private int cmax(MemorySegment m, long tuple, Xact xact, int mask) {
    int cid = HeapTuple.cid(m, tuple);
    return (mask & COMBO_CID) != 0 ? combos.cmax(xact, cid) : cid;
  }

  private boolean committed(long xid) {
    return xid < Xact.FIRST_NORMAL_XID || transactions.clog().status(xid) == XidStatus.COMMITTED;
  }

  private int hint(MemorySegment m, long tuple, int buf, int bit, long committedXid) {
    int mask = HeapTuple.infomask(m, tuple);
    // A page with the hint could reach the disk before the commit record does, and a crash would
    // then
    // turn a transaction that never was durable into a committed one.
    if (committedXid != 0 && !transactions.commitIsDurable(committedXid)) {
      return mask;
    }
    HeapTuple.setInfomask(m, tuple, mask | bit);
    buffers.setHint(buf);
    return mask | bit;
  }

  /// Notes what became of a transaction that does not run any more.
  private boolean settleXmin(MemorySegment m, long tuple, int buf, long xmin) {
    boolean committed = committed(xmin);
    hint(m, tuple, buf, committed ? XMIN_COMMITTED : XMIN_INVALID, committed ? xmin : 0);
    return committed;
  }

  private boolean settleXmax(MemorySegment m, long tuple, int buf, long xmax, int mask) {
    boolean committed = (mask & XMAX_LOCK_ONLY) == 0 && committed(xmax);
    hint(m, tuple, buf, committed ? XMAX_COMMITTED : XMAX_INVALID, committed ? xmax : 0);
    return committed;
  }

  /// Whether the snapshot sees it (`HeapTupleSatisfiesMVCC`).
  boolean mvcc(MemorySegment m, long tuple, int buf, Xact xact, Snapshot snapshot) {
    int mask = HeapTuple.infomask(m, tuple);
    if ((mask & XMIN_COMMITTED) == 0) {
      if ((mask & XMIN_INVALID) != 0) {
        return false;
      }
      long xmin = HeapTuple.xmin(m, tuple);
      if (xact.isCurrent(xmin)) {
        return cmin(m, tuple, xact, mask) < snapshot.curcid()
            && ownStillThere(m, tuple, xact, mask, snapshot.curcid());
      }
      if (snapshot.inProgress(xmin) || !settleXmin(m, tuple, buf, xmin)) {
        return false;
      }
    } else if ((mask & XMIN_FROZEN) != XMIN_FROZEN
        && snapshot.inProgress(HeapTuple.xmin(m, tuple))) {
      return false;
    }
    if ((mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) != 0) {
      return true;
    }
    long xmax = HeapTuple.xmax(m, tuple);
    if ((mask & XMAX_COMMITTED) != 0) {
      return snapshot.inProgress(xmax);
    }
    if (xact.isCurrent(xmax)) {
      return cmax(m, tuple, xact, mask) >= snapshot.curcid();
    }
    return snapshot.inProgress(xmax) || !settleXmax(m, tuple, buf, xmax, mask);
  }

  /// A row of the own transaction: not deleted by it before this command. An xmax that is not its
  /// own can only be a subtransaction's that was rolled back.
  private boolean ownStillThere(MemorySegment m, long tuple, Xact xact, int mask, int curcid) {
    return (mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) != 0
        || !xact.isCurrent(HeapTuple.xmax(m, tuple))
        || cmax(m, tuple, xact, mask) >= curcid;
  }

  /// What an update, delete or lock by the command may do with it (`HeapTupleSatisfiesUpdate`).
  ForUpdate forUpdate(MemorySegment m, long tuple, int buf, Xact xact, long self) {
    int mask = HeapTuple.infomask(m, tuple);
    int curcid = xact.commandId();
    if ((mask & XMIN_COMMITTED) == 0) {
      if ((mask & XMIN_INVALID) != 0) {
        return ForUpdate.INVISIBLE;
      }
      long xmin = HeapTuple.xmin(m, tuple);
      if (xact.isCurrent(xmin)) {
        return forUpdateOfOwn(m, tuple, xact, mask, curcid);
      }
      if (transactions.isRunning(xmin) || !settleXmin(m, tuple, buf, xmin)) {
        return ForUpdate.INVISIBLE;
      }
    }
    if ((mask & XMAX_INVALID) != 0) {
      return ForUpdate.OK;
    }
    long xmax = HeapTuple.xmax(m, tuple);
    boolean lockOnly = (mask & XMAX_LOCK_ONLY) != 0;
    if ((mask & XMAX_COMMITTED) == 0) {
      if (xact.isCurrent(xmax)) {
        if (lockOnly) {
          return ForUpdate.BEING_MODIFIED;
        }
        return cmax(m, tuple, xact, mask) >= curcid ? ForUpdate.SELF_MODIFIED : ForUpdate.INVISIBLE;
      }
      if (transactions.isRunning(xmax)) {
        return ForUpdate.BEING_MODIFIED;
      }
      if (!settleXmax(m, tuple, buf, xmax, mask)) {
        return ForUpdate.OK;
      }
    }
    return HeapTuple.ctid(m, tuple) == self ? ForUpdate.DELETED : ForUpdate.UPDATED;
  }

  private ForUpdate forUpdateOfOwn(MemorySegment m, long tuple, Xact xact, int mask, int curcid) {
    if (cmin(m, tuple, xact, mask) >= curcid) {
      return ForUpdate.INVISIBLE;
    }
    if ((mask & XMAX_INVALID) != 0 || !xact.isCurrent(HeapTuple.xmax(m, tuple))) {
      return ForUpdate.OK;
    }
    if ((mask & XMAX_LOCK_ONLY) != 0) {
      return ForUpdate.BEING_MODIFIED;
    }
    return cmax(m, tuple, xact, mask) >= curcid ? ForUpdate.SELF_MODIFIED : ForUpdate.INVISIBLE;
  }

  /// Whether it counts as a duplicate (`HeapTupleSatisfiesDirty`).
  ///
  /// @return [HeapTable#GONE], [HeapTable#THERE], or the xid of a running transaction whose end
  ///   decides
  long dirty(MemorySegment m, long tuple, int buf, Xact xact) {
    int mask = HeapTuple.infomask(m, tuple);
    if ((mask & XMIN_COMMITTED) == 0) {
      if ((mask & XMIN_INVALID) != 0) {
        return HeapTable.GONE;
      }
      long xmin = HeapTuple.xmin(m, tuple);
      if (xact.isCurrent(xmin)) {
        return (mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) != 0
                || !xact.isCurrent(HeapTuple.xmax(m, tuple))
            ? HeapTable.THERE
            : HeapTable.GONE;
      }
      if (transactions.isRunning(xmin)) {
        return xmin;
      }
      if (!settleXmin(m, tuple, buf, xmin)) {
        return HeapTable.GONE;
      }
    }
    if ((mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) != 0) {
      return HeapTable.THERE;
    }
    long xmax = HeapTuple.xmax(m, tuple);
    if ((mask & XMAX_COMMITTED) != 0 || xact.isCurrent(xmax)) {
      return HeapTable.GONE;
    }
    if (transactions.isRunning(xmax)) {
      return xmax;
    }
    return settleXmax(m, tuple, buf, xmax, mask) ? HeapTable.GONE : HeapTable.THERE;
  }

  /// Whether it may be removed (`HeapTupleSatisfiesVacuum`).
  ForVacuum forVacuum(MemorySegment m, long tuple, int buf, long oldestXmin) {
    int mask = HeapTuple.infomask(m, tuple);
    if ((mask & XMIN_COMMITTED) == 0) {
      if ((mask & XMIN_INVALID) != 0) {
        return ForVacuum.DEAD;
      }
      long xmin = HeapTuple.xmin(m, tuple);
      if (transactions.isRunning(xmin)) {
        return (mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) == 0
                && transactions.isRunning(HeapTuple.xmax(m, tuple))
            ? ForVacuum.DELETE_IN_PROGRESS
            : ForVacuum.INSERT_IN_PROGRESS;
      }
      if (!settleXmin(m, tuple, buf, xmin)) {
        return ForVacuum.DEAD;
      }
    }
    if ((mask & XMAX_INVALID) != 0) {
      return ForVacuum.LIVE;
    }
    long xmax = HeapTuple.xmax(m, tuple);
    if ((mask & XMAX_COMMITTED) == 0) {
      if (transactions.isRunning(xmax)) {
        return (mask & XMAX_LOCK_ONLY) != 0 ? ForVacuum.LIVE : ForVacuum.DELETE_IN_PROGRESS;
      }
      if (!settleXmax(m, tuple, buf, xmax, mask)) {
        return ForVacuum.LIVE;
      }
    }
    return xmax < oldestXmin ? ForVacuum.DEAD : ForVacuum.RECENTLY_DEAD;
  }

  /// Whether it can be told, without asking anybody, that no one sees it any more.
  static boolean surelyDead(MemorySegment m, long tuple, long oldestXmin) {
    int mask = HeapTuple.infomask(m, tuple);
    if ((mask & XMIN_COMMITTED) == 0) {
      return (mask & XMIN_INVALID) != 0;
    }
    return (mask & (XMAX_INVALID | XMAX_LOCK_ONLY)) == 0
        && (mask & XMAX_COMMITTED) != 0
        && HeapTuple.xmax(m, tuple) < oldestXmin;
  }
}
