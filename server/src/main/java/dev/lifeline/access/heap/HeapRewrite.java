package dev.lifeline.access.heap;

import dev.lifeline.access.heap.HeapVisibility.ForVacuum;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Copies a table into a new file: all row versions that somebody may still see, frozen where
/// everybody does, without the dead ones and without the room that they took. It is what VACUUM
/// FULL and CLUSTER do; the caller holds an AccessExclusiveLock on the table, and gives it the new
/// file and new indexes.
///
/// By an index, its entries say in which order the rows come. What is copied does not hang on the
/// index, though: each version is taken once, and a last pass over the table takes those that no
/// entry led to.
public final class HeapRewrite {
  private static final int BLOCKS_OF_SET = 1 << 20;

  private final HeapTable from;
  private final HeapAccess heap;
  private final BufferPool buffers;
  private final HeapRewriter out;
  private final long oldestXmin;
  private final @Nullable IndexScan order;
  private final ForVacuum[] verdicts = new ForVacuum[HeapPage.ITEMS_MAX + 1];

  /// What was copied already, in the order of an index: a set for each so many blocks.
  private final BitSet[] copied;

  private long inOrderCount;

  private final int blocks;
  private final BufferRing ring;
  private int block;
  private boolean ordered;

  /// The entry's tid whose row is to be copied next; -1 for none.
  private long pending = -1;

  private boolean ended;
  private long removed;
  private long kept;
  private long recentlyDead;

  /// Prepares it.
  ///
  /// @param to an empty file
  /// @param fillfactor percent of a page that is filled
  /// @param index the one whose order the rows are to have; null for that of the table
  public HeapRewrite(
      Table from, Table to, int fillfactor, Xact xact, long oldestXmin, @Nullable Index index) {
    this.from = (HeapTable) from;
    this.heap = this.from.heap();
    this.buffers = heap.buffers;
    this.oldestXmin = oldestXmin;
    int keepFree = PageLayout.PAGE_SIZE * (100 - fillfactor) / 100;
    this.out = new HeapRewriter(heap, to.file(), xact.xid(), keepFree, oldestXmin);
    this.blocks = from.blocks();
    this.copied = new BitSet[blocks / BLOCKS_OF_SET + 1];
    for (int i = 0; i < copied.length; i++) {
      copied[i] = new BitSet();
    }
    this.ring = new BufferRing(BufferRing.Use.BULK_READ, buffers);
    this.order = index == null ? null : index.scan(null, true, null, true, true);
    this.ordered = index == null;
  }

  /// Does the next piece of work: about a page.
  ///
  /// @return false when all is done
  /// @throws dev.lifeline.utils.NotYet while a page is read or written
  public boolean step() {
    out.flush();
    if (ended) {
      return false;
    }
    if (!ordered) {
      inOrder();
    } else if (block < blocks) {
      copyPage();
    } else {
      out.end();
      ended = true;
    }
    return true;
  }

  /// Copies the row that the next entry of the index leads to.
  private void inOrder() {
    IndexScan entries = Objects.requireNonNull(order);
    if (pending < 0) {
      if (!entries.next()) {
        entries.close();
        ordered = true;
        return;
      }
      pending = entries.tid();
    }
    if (Tid.block(pending) < blocks) {
      int buf = buffers.pin(from.file(), Fork.MAIN, Tid.block(pending));
      buffers.lockShared(buf);
      try {
        copyChain(buf, Tid.block(pending), Tid.offset(pending));
      } finally {
        buffers.release(buf);
      }
    }
    pending = -1;
  }

  /// All versions of a chain of heap-only updates, for one entry stands for all of them.
  private void copyChain(int buf, int at, int root) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    if (PageLayout.isNew(m, page)) {
      return;
    }
    int count = PageItems.count(m, page);
    judge(m, page, buf, count);
    int id = root <= count ? PageItems.id(m, page, root) : 0;
    int item = ItemId.state(id) == ItemId.REDIRECT ? ItemId.target(id) : root;
    long priorXmax = 0;
    while (item <= count && HeapPage.hasTuple(m, page, item)) {
      long tuple = HeapPage.tuple(m, page, item);
      boolean other = priorXmax != 0 && HeapTuple.xmin(m, tuple) != priorXmax;
      if (other || isCopied(at, item)) {
        return;
      }
      if (verdicts[item] != ForVacuum.DEAD) {
        copied[at / BLOCKS_OF_SET].set(place(at, item));
        inOrderCount++;
        copy(m, page, at, item);
      }
      if ((HeapTuple.infomask(m, tuple) & HeapTuple.HOT_UPDATED) == 0) {
        return;
      }
      priorXmax = HeapTuple.xmax(m, tuple);
      item = Tid.offset(HeapTuple.ctid(m, tuple));
    }
  }

  private boolean isCopied(int at, int item) {
    return copied[at / BLOCKS_OF_SET].get(place(at, item));
  }

  private static int place(int at, int item) {
    return at % BLOCKS_OF_SET * (HeapPage.ITEMS_MAX + 1) + item;
  }

  private void copyPage() {
    int buf = HeapTableScan.pinAhead(from, block, blocks, ring);
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int count = PageLayout.isNew(m, page) ? 0 : PageItems.count(m, page);
      judge(m, page, buf, count);
      for (int item = 1; item <= count; item++) {
        if (HeapPage.hasTuple(m, page, item)) {
          count(verdicts[item]);
          boolean wanted = verdicts[item] != ForVacuum.DEAD;
          if (wanted && !isCopied(block, item)) {
            copy(m, page, block, item);
          }
        }
      }
    } finally {
      buffers.release(buf);
    }
    block++;
  }

  private void count(ForVacuum verdict) {
    if (verdict == ForVacuum.DEAD) {
      removed++;
    } else {
      kept++;
      if (verdict == ForVacuum.RECENTLY_DEAD) {
        recentlyDead++;
      }
    }
  }

  /// Asks about all versions of a page before anything is done with one: the commit log may have to
  /// be read.
  private void judge(MemorySegment m, long page, int buf, int count) {
    for (int item = 1; item <= count; item++) {
      if (HeapPage.hasTuple(m, page, item)) {
        long tuple = HeapPage.tuple(m, page, item);
        verdicts[item] = heap.visibility.forVacuum(m, tuple, buf, oldestXmin);
      }
    }
  }

  private void copy(MemorySegment m, long page, int at, int item) {
    long tuple = HeapPage.tuple(m, page, item);
    long self = Tid.of(at, item);
    int mask = HeapTuple.infomask(m, tuple) & ~(HeapTuple.HEAP_ONLY | HeapTuple.HOT_UPDATED);
    long xmin = HeapTuple.xmin(m, tuple);
    if (xmin < oldestXmin) {
      // It is not dead, and does not run: so it has committed.
      mask |= HeapTuple.XMIN_FROZEN;
    }
    ForVacuum verdict = verdicts[item];
    boolean replaced =
        verdict == ForVacuum.RECENTLY_DEAD || verdict == ForVacuum.DELETE_IN_PROGRESS;
    if (!replaced) {
      // Nobody else has locked the row, for he would have locked the table; and the own lock on
      // the table is stronger than any on a row.
      mask = (mask & ~HeapTuple.XMAX_BITS) | HeapTuple.XMAX_INVALID;
    }
    int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
    byte[] payload = new byte[length];
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, tuple + HeapTuple.HEADER_SIZE, payload, 0, length);
    out.add(
        new HeapRewriter.Version(
            self,
            xmin,
            replaced ? HeapTuple.xmax(m, tuple) : 0,
            HeapTuple.cid(m, tuple),
            replaced ? HeapTuple.ctid(m, tuple) : self,
            mask,
            payload));
  }

  /// Pages that the table had.
  public int blocks() {
    return blocks;
  }

  /// How many of them were gone over.
  public int blocksScanned() {
    return block;
  }

  /// Whether it goes by an index just now.
  public boolean followsIndex() {
    return !ordered;
  }

  /// Dead row versions that were left behind.
  public long removed() {
    return removed;
  }

  /// Row versions that were copied.
  public long kept() {
    return kept;
  }

  /// Those of them that are dead, but may be seen by some snapshot.
  public long recentlyDead() {
    return recentlyDead;
  }

  /// How many were looked at so far, in whatever order.
  public long scanned() {
    return Math.max(inOrderCount, removed + kept);
  }

  /// How many were put into the new file so far.
  public long written() {
    return out.written();
  }
}
