package dev.lifeline.access.heap;

import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Tid;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;

/// Changes of a heap page. Redo makes them by the same methods as the change itself did, so that it
/// ends with the same bytes.
final class HeapPage {
  /// The biggest tuple, header included, that an empty page takes.
  static final int TUPLE_SIZE_MAX =
      (PageLayout.PAGE_SIZE - PageLayout.HEADER_SIZE - PageLayout.ITEM_ID_SIZE) & ~7;

  /// Line pointers that a page may have at most: each but for the first few has a tuple header.
  static final int ITEMS_MAX =
      (PageLayout.PAGE_SIZE - PageLayout.HEADER_SIZE)
          / (PageItems.align(HeapTuple.HEADER_SIZE) + PageLayout.ITEM_ID_SIZE);

  /// A prune of no more tuples closes the gap of each. That is the common one: an update finds what
  /// an earlier one has left.
  private static final int VACATED_ONE_BY_ONE = 2;

  private HeapPage() {}

  static void init(MemorySegment m, long page) {
    PageLayout.init(m, page, 0);
  }

  /// The line pointer that the next tuple gets: an unused one, or one more; 0 when there are too
  /// many already.
  static int nextItem(MemorySegment m, long page) {
    int count = PageItems.count(m, page);
    if ((PageLayout.flags(m, page) & PageLayout.HAS_FREE_LINES) != 0) {
      for (int i = 1; i <= count; i++) {
        if (!ItemId.isUsed(PageItems.id(m, page, i))) {
          return i;
        }
      }
      PageLayout.setFlags(m, page, PageLayout.flags(m, page) & ~PageLayout.HAS_FREE_LINES);
    }
    return count < ITEMS_MAX ? count + 1 : 0;
  }

  /// Whether a tuple of this size, header included, fits on the page beside so many bytes that are
  /// to be kept free.
  static boolean fits(MemorySegment m, long page, int size, int keepFree) {
    return PageItems.freeSpace(m, page) >= PageItems.align(size) + keepFree
        && nextItem(m, page) != 0;
  }

  /// Makes room for a tuple under the given line pointer and returns where it begins, from the
  /// beginning of the memory. The caller has made sure that it fits.
  static long add(MemorySegment m, long page, int item, int size) {
    if (PageItems.add(m, page, item, size) == PageItems.NO_ROOM) {
      throw new IllegalStateException("no room for " + size + " bytes on a heap page");
    }
    return page + ItemId.offset(PageItems.id(m, page, item));
  }

  static long tuple(MemorySegment m, long page, int item) {
    return page + ItemId.offset(PageItems.id(m, page, item));
  }

  /// Whether the number is that of a line pointer with a tuple.
  static boolean hasTuple(MemorySegment m, long page, int item) {
    return item >= 1
        && item <= PageItems.count(m, page)
        && ItemId.isNormal(PageItems.id(m, page, item));
  }

  /// Notes that the transaction may leave something to prune here.
  static void setPrunable(MemorySegment m, long page, long xid) {
    long before = PageLayout.pruneXid(m, page);
    if (before == 0 || xid < before) {
      PageLayout.setPruneXid(m, page, xid);
    }
  }

  /// Marks a tuple as deleted or replaced by a transaction.
  ///
  /// @param maskBits what is true of its xmax now
  static void setXmax(MemorySegment m, long page, long tuple, long xmax, int maskBits, long ctid) {
    int mask = HeapTuple.infomask(m, tuple) & ~HeapTuple.XMAX_BITS;
    HeapTuple.setInfomask(m, tuple, mask | maskBits);
    HeapTuple.setXmax(m, tuple, xmax);
    HeapTuple.setCtid(m, tuple, ctid);
    PageLayout.setFlags(m, page, PageLayout.flags(m, page) & ~PageLayout.ALL_VISIBLE);
    setPrunable(m, page, xmax);
  }

  /// Marks a tuple as one that never was, whatever becomes of the transaction that added it. Its
  /// xmax tells it from one whose transaction is known to be rolled back.
  static void retract(MemorySegment m, long page, long tuple, long xid, long self) {
    setXmax(m, page, tuple, xid, HeapTuple.strengthBits(RowLock.UPDATE), self);
    HeapTuple.setInfomask(m, tuple, HeapTuple.infomask(m, tuple) | HeapTuple.XMIN_INVALID);
  }

  /// Marks a tuple as locked.
  static void setLock(MemorySegment m, long tuple, long xmax, int maskBits, long self) {
    int mask = HeapTuple.infomask(m, tuple) & ~HeapTuple.XMAX_BITS;
    HeapTuple.setInfomask(m, tuple, mask | maskBits | HeapTuple.XMAX_LOCK_ONLY);
    HeapTuple.setXmax(m, tuple, xmax);
    HeapTuple.setCtid(m, tuple, self);
  }

  /// Applies what pruning has found out and moves the free space together.
  ///
  /// @param changes redirects as pairs from/to, then dead ones, then unused ones
  static void prune(
      MemorySegment m,
      long page,
      short[] changes,
      int redirects,
      int dead,
      int unused,
      long pruneXid) {
    int items = items(m, page, changes, redirects, dead + unused);
    boolean few = items <= VACATED_ONE_BY_ONE;
    int at = 0;
    for (int i = 0; i < redirects; i++) {
      change(m, page, changes[at], ItemId.redirect(changes[at + 1]), few);
      at += 2;
    }
    for (int i = 0; i < dead; i++) {
      change(m, page, changes[at++], ItemId.pack(0, ItemId.DEAD, 0), few);
    }
    for (int i = 0; i < unused; i++) {
      change(m, page, changes[at++], 0, few);
    }
    if (few) {
      PageItems.trim(m, page);
    } else {
      PageItems.compact(m, page);
    }
    PageLayout.setPruneXid(m, page, pruneXid);
    PageLayout.setFlags(m, page, PageLayout.flags(m, page) & ~PageLayout.PAGE_FULL);
  }

  /// How many of the line pointers that change have items now.
  private static int items(MemorySegment m, long page, short[] changes, int redirects, int others) {
    int items = 0;
    for (int i = 0; i < redirects; i++) {
      items += ItemId.isNormal(PageItems.id(m, page, changes[2 * i])) ? 1 : 0;
    }
    for (int i = 0; i < others; i++) {
      items += ItemId.isNormal(PageItems.id(m, page, changes[2 * redirects + i])) ? 1 : 0;
    }
    return items;
  }

  private static void change(MemorySegment m, long page, int item, int itemId, boolean vacate) {
    if (vacate) {
      PageItems.vacate(m, page, item, itemId);
    } else {
      PageItems.setId(m, page, item, itemId);
    }
  }

  /// Makes dead line pointers unused: no index entry leads to them any more.
  static void freeItems(MemorySegment m, long page, short[] items) {
    for (short item : items) {
      PageItems.setId(m, page, item, 0);
    }
    PageItems.compact(m, page);
  }

  /// Added to a line pointer's number for [#freeze]: everybody sees the tuple for ever.
  static final int FREEZE_XMIN = 0x4000;

  /// Added to a line pointer's number for [#freeze]: nobody has deleted the tuple, whatever its
  /// xmax was.
  static final int CLEAR_XMAX = 0x8000;

  /// Takes xids out of tuples, so that nobody will ask what became of them.
  ///
  /// @param items numbers of line pointers, with flags
  static void freeze(MemorySegment m, long page, int block, short[] items) {
    for (short flagged : items) {
      int item = flagged & (FREEZE_XMIN - 1);
      long tuple = tuple(m, page, item);
      int mask = HeapTuple.infomask(m, tuple);
      if ((flagged & FREEZE_XMIN) != 0) {
        mask |= HeapTuple.XMIN_FROZEN;
      }
      if ((flagged & CLEAR_XMAX) != 0) {
        mask = (mask & ~HeapTuple.XMAX_BITS) | HeapTuple.XMAX_INVALID;
        HeapTuple.setXmax(m, tuple, 0);
        HeapTuple.setCtid(m, tuple, Tid.of(block, item));
      }
      HeapTuple.setInfomask(m, tuple, mask);
    }
  }
}
