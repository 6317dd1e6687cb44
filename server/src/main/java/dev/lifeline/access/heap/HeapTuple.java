package dev.lifeline.access.heap;

import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Tid;
import java.lang.foreign.MemorySegment;

/// The header of a row version on its page; the README of this room has the table.
///
/// All methods take the memory and the offset of the tuple in it.
final class HeapTuple {
  static final int HEADER_SIZE = 28;

  private static final int XMIN = 0;
  private static final int XMAX = 8;
  private static final int CID = 16;
  private static final int CTID_BLOCK = 20;
  private static final int CTID_OFFSET = 24;
  private static final int INFOMASK = 26;

  static final int XMIN_COMMITTED = 0x0001;
  static final int XMIN_INVALID = 0x0002;
  static final int XMIN_FROZEN = XMIN_COMMITTED | XMIN_INVALID;
  static final int XMAX_COMMITTED = 0x0004;
  static final int XMAX_INVALID = 0x0008;
  static final int HINTS = XMIN_COMMITTED | XMIN_INVALID | XMAX_COMMITTED | XMAX_INVALID;

  /// The transaction xmax has only locked the row.
  static final int XMAX_LOCK_ONLY = 0x0010;

  private static final int STRENGTH_SHIFT = 5;
  private static final int STRENGTH = 3 << STRENGTH_SHIFT;

  /// The command id is a combo one, see [ComboCids].
  static final int COMBO_CID = 0x0080;

  /// This version came by an update.
  static final int UPDATED = 0x0100;

  /// The next version is on the same page, and no index entry leads to it but through this one.
  static final int HOT_UPDATED = 0x0200;

  /// No index entry leads to this version directly.
  static final int HEAP_ONLY = 0x0400;

  /// Everything about xmax, which a new xmax replaces.
  static final int XMAX_BITS =
      XMAX_COMMITTED | XMAX_INVALID | XMAX_LOCK_ONLY | STRENGTH | HOT_UPDATED;

  private static final RowLock[] STRENGTHS = RowLock.values();

  private HeapTuple() {}

  static long xmin(MemorySegment m, long tuple) {
    return m.get(LONG, tuple + XMIN);
  }

  static void setXmin(MemorySegment m, long tuple, long xid) {
    m.set(LONG, tuple + XMIN, xid);
  }

  static long xmax(MemorySegment m, long tuple) {
    return m.get(LONG, tuple + XMAX);
  }

  static void setXmax(MemorySegment m, long tuple, long xid) {
    m.set(LONG, tuple + XMAX, xid);
  }

  /// The inserting command, or, once the row was deleted, the deleting one, or a combo.
  static int cid(MemorySegment m, long tuple) {
    return m.get(INT, tuple + CID);
  }

  static void setCid(MemorySegment m, long tuple, int cid) {
    m.set(INT, tuple + CID, cid);
  }

  /// The next version of the row, or this one itself.
  static long ctid(MemorySegment m, long tuple) {
    return Tid.of(m.get(INT, tuple + CTID_BLOCK), m.get(SHORT, tuple + CTID_OFFSET) & 0xffff);
  }

  static void setCtid(MemorySegment m, long tuple, long tid) {
    m.set(INT, tuple + CTID_BLOCK, Tid.block(tid));
    m.set(SHORT, tuple + CTID_OFFSET, (short) Tid.offset(tid));
  }

  static int infomask(MemorySegment m, long tuple) {
    return m.get(SHORT, tuple + INFOMASK) & 0xffff;
  }

  static void setInfomask(MemorySegment m, long tuple, int mask) {
    m.set(SHORT, tuple + INFOMASK, (short) mask);
  }

  static boolean isLockOnly(int infomask) {
    return (infomask & XMAX_LOCK_ONLY) != 0;
  }

  static boolean isFrozen(int infomask) {
    return (infomask & XMIN_FROZEN) == XMIN_FROZEN;
  }

  /// How strongly xmax has locked the row; an update or delete is a lock too.
  static RowLock strength(int infomask) {
    return STRENGTHS[(infomask & STRENGTH) >> STRENGTH_SHIFT];
  }

  /// The bits for a lock of this strength.
  static int strengthBits(RowLock strength) {
    return switch (strength) {
      case KEY_SHARE -> 0;
      case SHARE -> 1 << STRENGTH_SHIFT;
      case NO_KEY_UPDATE -> 2 << STRENGTH_SHIFT;
      case UPDATE -> 3 << STRENGTH_SHIFT;
    };
  }

  /// Whether two transactions cannot hold these locks on one row.
  static boolean conflict(RowLock a, RowLock b) {
    return switch (a) {
      case KEY_SHARE -> b == RowLock.UPDATE;
      case SHARE -> b == RowLock.UPDATE || b == RowLock.NO_KEY_UPDATE;
      case NO_KEY_UPDATE -> b != RowLock.KEY_SHARE;
      case UPDATE -> true;
    };
  }

  /// Writes the header of a new row version.
  static void init(MemorySegment m, long tuple, long xmin, int cid, long self, int infomask) {
    setXmin(m, tuple, xmin);
    setXmax(m, tuple, 0);
    setCid(m, tuple, cid);
    setCtid(m, tuple, self);
    setInfomask(m, tuple, infomask | XMAX_INVALID);
  }
}
