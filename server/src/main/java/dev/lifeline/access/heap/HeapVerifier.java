package dev.lifeline.access.heap;

import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.access.transam.XidStatus;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.freespace.FreeSpaceMap;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.utils.NotYet;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Checks the invariants of a heap that nobody is changing: page headers, line pointers that do not
/// overlap, redirects that lead to heap-only tuples, chains that hold together, and xids that were
/// given out; the visibility map beside the pages that it is about, and the free space map.
///
/// One page in a step, which may throw NotYet.
public final class HeapVerifier {
  private final HeapTable table;
  private final List<String> problems = new ArrayList<>();
  private final Set<Long> roots = new HashSet<>();
  private int block;
  private int freeSpacePage;

  private long oldestXid = Long.MAX_VALUE;

  /// The page says that everybody sees all of it.
  private boolean allVisible;

  public HeapVerifier(Table table) {
    this.table = (HeapTable) table;
  }

  /// Checks the next page; false when there is none left.
  public boolean step() {
    if (block >= table.blocks()) {
      return freeSpacePage();
    }
    BufferPool buffers = table.heap().buffers;
    int begun = problems.size();
    int status = table.visible().status(block);
    int buf = buffers.pin(table.file(), Fork.MAIN, block);
    buffers.lockShared(buf);
    byte[] copy = new byte[PageLayout.PAGE_SIZE];
    MemorySegment m = MemorySegment.ofArray(copy);
    MemorySegment.copy(buffers.memory(), buffers.offset(buf), m, 0, PageLayout.PAGE_SIZE);
    buffers.release(buf);
    allVisible = (PageLayout.flags(m, 0) & PageLayout.ALL_VISIBLE) != 0;
    if (status != 0 && !allVisible) {
      problem("the visibility map has bits that the page has not");
    }
    if (!PageLayout.isNew(m, 0)) {
      try {
        page(m);
      } catch (NotYet wait) {
        // The page is begun again when the commit log can tell.
        problems.subList(begun, problems.size()).clear();
        throw wait;
      }
    }
    block++;
    return true;
  }

  /// Checks a page of the free space map, after the map was read, which takes back what a crash has
  /// left there.
  private boolean freeSpacePage() {
    FreeSpaceMap map = table.state().freeSpace;
    map.load();
    if (freeSpacePage >= table.heap().buffers.blocks(table.file(), Fork.FSM)) {
      return false;
    }
    if (map.goesBeyondEnd(freeSpacePage)) {
      problem("the free space map has entries beyond the end of the table");
    }
    freeSpacePage++;
    return true;
  }

  /// The block that the next step looks at.
  public int block() {
    return block;
  }

  /// Goes on behind a block that cannot be read.
  public void skip() {
    block++;
  }

  /// What is wrong, empty when nothing is.
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /// The oldest xid in the rows that somebody may ask about.
  public long oldestXid() {
    return oldestXid;
  }

  /// The tids that an index entry may lead to: used line pointers that are not those of heap-only
  /// tuples.
  public Set<Long> roots() {
    return Set.copyOf(roots);
  }

  private void problem(String text) {
    if (problems.size() < 100) {
      problems.add("block " + block + ": " + text);
    }
  }

  private void page(MemorySegment m) {
    if (!PageLayout.isValid(m, 0) || PageItems.count(m, 0) > HeapPage.ITEMS_MAX) {
      problem("broken header");
      return;
    }
    int count = PageItems.count(m, 0);
    boolean[] taken = new boolean[PageLayout.PAGE_SIZE];
    for (int item = 1; item <= count; item++) {
      int id = PageItems.id(m, 0, item);
      switch (ItemId.state(id)) {
        case ItemId.NORMAL -> {
          if (place(m, item, id, taken)) {
            tuple(m, item, HeapPage.tuple(m, 0, item));
          }
        }
        case ItemId.REDIRECT -> {
          roots.add(Tid.of(block, item));
          int target = ItemId.target(id);
          if (!HeapPage.hasTuple(m, 0, target)
              || (HeapTuple.infomask(m, HeapPage.tuple(m, 0, target)) & HeapTuple.HEAP_ONLY) == 0) {
            problem("item %d redirects to %d, which is not heap-only".formatted(item, target));
          }
        }
        case ItemId.DEAD -> roots.add(Tid.of(block, item));
        default -> {}
      }
    }
  }

  private boolean place(MemorySegment m, int item, int id, boolean[] taken) {
    int from = ItemId.offset(id);
    int to = from + ItemId.length(id);
    if (from < PageLayout.upper(m, 0)
        || to > PageLayout.special(m, 0)
        || ItemId.length(id) < HeapTuple.HEADER_SIZE) {
      problem("item %d is outside of the page's items".formatted(item));
      return false;
    }
    for (int i = from; i < to; i++) {
      if (taken[i]) {
        problem("item %d overlaps another".formatted(item));
        return false;
      }
    }
    Arrays.fill(taken, from, to, true);
    return true;
  }

  private void tuple(MemorySegment m, int item, long tuple) {
    int mask = HeapTuple.infomask(m, tuple);
    long xmin = HeapTuple.xmin(m, tuple);
    long xmax = HeapTuple.xmax(m, tuple);
    long nextXid = table.heap().transactions.nextXid();
    if (xmin <= 0 || xmin >= nextXid) {
      problem("item %d: xmin %d was never given out".formatted(item, xmin));
    }
    if ((mask & HeapTuple.XMAX_INVALID) == 0 && (xmax <= 0 || xmax >= nextXid)) {
      problem("item %d: xmax %d was never given out".formatted(item, xmax));
    }
    noteXid(HeapTuple.isFrozen(mask) ? 0 : xmin);
    noteXid(xmax);
    hints(item, mask, xmin, xmax);
    boolean locked = HeapTuple.isLockOnly(mask);
    if (allVisible
        && (!committed(mask, xmin)
            || (!locked && (mask & HeapTuple.XMAX_INVALID) == 0 && committed(0, xmax)))) {
      problem("item %d is not visible to all, as its page says".formatted(item));
    }
    if ((mask & HeapTuple.HEAP_ONLY) == 0) {
      roots.add(Tid.of(block, item));
    } else if ((mask & HeapTuple.UPDATED) == 0) {
      problem("item %d is heap-only without being an update's".formatted(item));
    }
    if ((mask & HeapTuple.HOT_UPDATED) == 0) {
      return;
    }
    long next = HeapTuple.ctid(m, tuple);
    if (Tid.block(next) != block) {
      problem("item %d: heap-only update on another page".formatted(item));
    } else if (HeapPage.hasTuple(m, 0, Tid.offset(next))) {
      long successor = HeapPage.tuple(m, 0, Tid.offset(next));
      boolean ofChain = HeapTuple.xmin(m, successor) == xmax;
      if (ofChain && (HeapTuple.infomask(m, successor) & HeapTuple.HEAP_ONLY) == 0) {
        problem("item %d: its heap-only successor %d is not".formatted(item, Tid.offset(next)));
      }
    }
  }

  private void noteXid(long xid) {
    if (xid >= Xact.FIRST_NORMAL_XID) {
      oldestXid = Math.min(oldestXid, xid);
    }
  }

  /// What the hint bits say is what the commit log says.
  private void hints(int item, int mask, long xmin, long xmax) {
    boolean retracted =
        (mask & HeapTuple.XMIN_FROZEN) == HeapTuple.XMIN_INVALID
            && (mask & HeapTuple.XMAX_INVALID) == 0
            && xmin == xmax;
    if (!HeapTuple.isFrozen(mask) && !retracted) {
      hint(item, "xmin", xmin, mask & HeapTuple.XMIN_COMMITTED, mask & HeapTuple.XMIN_INVALID);
    }
    if (!HeapTuple.isLockOnly(mask)) {
      // Locks that are over leave an xmax that is invalid whatever became of the transaction.
      hint(item, "xmax", xmax, mask & HeapTuple.XMAX_COMMITTED, 0);
    }
  }

  private void hint(int item, String what, long xid, int committedBit, int invalidBit) {
    if (xid < Xact.FIRST_NORMAL_XID
        || xid >= table.heap().transactions.nextXid()
        || (committedBit | invalidBit) == 0) {
      return;
    }
    boolean committed = table.heap().transactions.clog().status(xid) == XidStatus.COMMITTED;
    if (committed != (committedBit != 0)) {
      problem(
          "item %d: %s %d is marked as %s, which the commit log denies"
              .formatted(item, what, xid, committedBit != 0 ? "committed" : "aborted"));
    }
  }

  /// By the hints or, where a crash has taken them away, by the commit log.
  private boolean committed(int mask, long xid) {
    return (mask & HeapTuple.XMIN_COMMITTED) != 0
        || table.heap().transactions.clog().status(xid) == XidStatus.COMMITTED;
  }
}
