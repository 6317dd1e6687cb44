package dev.lifeline.access.heap;

import dev.lifeline.access.heap.HeapVisibility.ForVacuum;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Prunes a heap page: removes row versions that nobody can see, as PostgreSQL's `pruneheap.c`.
///
/// Of a chain of heap-only updates the dead versions go and the root line pointer becomes a
/// redirect to the first that is left, because an index entry may lead to the root. A root without
/// any version left becomes DEAD until vacuum has removed its index entries. The page is latched
/// exclusively; nobody keeps a pointer into a page that he has not latched, so tuples may be moved.
///
/// An instance is used for one page at a time.
final class HeapPruner {
  private final BufferPool buffers;
  private final Wal wal;
  private final HeapVisibility visibility;

  private final ForVacuum[] verdicts = new ForVacuum[HeapPage.ITEMS_MAX + 1];
  private final boolean[] handled = new boolean[HeapPage.ITEMS_MAX + 1];
  private final int[] chain = new int[HeapPage.ITEMS_MAX + 1];
  private final short[] redirects = new short[2 * (HeapPage.ITEMS_MAX + 1)];
  private final short[] dead = new short[HeapPage.ITEMS_MAX + 1];
  private final short[] unused = new short[HeapPage.ITEMS_MAX + 1];
  private final short[] changes = new short[4 * (HeapPage.ITEMS_MAX + 1)];
  private int redirectCount;
  private int deadCount;
  private int unusedCount;
  private long pruneXid;
  private int removedTuples;

  // What the page's tuples are, for vacuum's figures.
  private int recentlyDead;
  private int live;

  HeapPruner(BufferPool buffers, Wal wal, HeapVisibility visibility) {
    this.buffers = buffers;
    this.wal = wal;
    this.visibility = visibility;
  }

  /// Tuples that the last prune removed.
  int removedTuples() {
    return removedTuples;
  }

  /// Tuples of the page that are dead and still seen by somebody.
  int recentlyDead() {
    return recentlyDead;
  }

  /// Tuples of the page that are alive, or being inserted or deleted.
  int live() {
    return live;
  }

  /// Prunes.
  ///
  /// @param oldestXmin see [dev.lifeline.access.transam.Transactions#oldestXmin]
  /// @return whether the page was changed
  /// @throws dev.lifeline.utils.NotYet while the commit log is read; nothing was changed then but
  ///   hints
  boolean prune(int buf, long oldestXmin) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    judge(m, page, buf, oldestXmin);
    int count = PageItems.count(m, page);
    for (int item = 1; item <= count; item++) {
      int id = PageItems.id(m, page, item);
      if (!handled[item] && ItemId.isUsed(id) && ItemId.state(id) != ItemId.DEAD) {
        pruneChain(m, page, item, count);
      }
    }
    if (redirectCount + deadCount + unusedCount == 0) {
      return forgetHint(m, page, buf);
    }
    int n = collect();
    HeapPage.prune(m, page, changes, redirectCount, deadCount, unusedCount, pruneXid);
    WalRecordBuilder r = wal.begin(Rmgr.HEAP, HeapRecord.PRUNE, 0);
    r.buffer(0, buf, WalRecordBuilder.STANDARD);
    r.data().putLong(pruneXid);
    r.blockData(0).putShort(redirectCount).putShort(deadCount).putShort(unusedCount);
    for (int i = 0; i < n; i++) {
      r.putShort(changes[i]);
    }
    r.insert();
    return true;
  }

  /// Nothing to remove: when nothing will be either, later readers need not try.
  private boolean forgetHint(MemorySegment m, long page, int buf) {
    if (PageLayout.pruneXid(m, page) != pruneXid) {
      PageLayout.setPruneXid(m, page, pruneXid);
      buffers.setHint(buf);
    }
    return false;
  }

  private int collect() {
    int n = 0;
    System.arraycopy(redirects, 0, changes, n, redirectCount * 2);
    n += redirectCount * 2;
    System.arraycopy(dead, 0, changes, n, deadCount);
    n += deadCount;
    System.arraycopy(unused, 0, changes, n, unusedCount);
    return n + unusedCount;
  }

  /// Asks about each tuple once, before anything is decided: what the commit log says may need a
  /// read.
  private void judge(MemorySegment m, long page, int buf, long oldestXmin) {
    redirectCount = 0;
    deadCount = 0;
    unusedCount = 0;
    pruneXid = 0;
    removedTuples = 0;
    recentlyDead = 0;
    live = 0;
    int count = PageItems.count(m, page);
    Arrays.fill(handled, 0, count + 1, false);
    for (int item = 1; item <= count; item++) {
      if (!HeapPage.hasTuple(m, page, item)) {
        continue;
      }
      long tuple = HeapPage.tuple(m, page, item);
      ForVacuum verdict = visibility.forVacuum(m, tuple, buf, oldestXmin);
      verdicts[item] = verdict;
      switch (verdict) {
        case DEAD -> {}
        case RECENTLY_DEAD -> {
          recentlyDead++;
          mayPruneAfter(HeapTuple.xmax(m, tuple));
        }
        case DELETE_IN_PROGRESS -> {
          live++;
          mayPruneAfter(HeapTuple.xmax(m, tuple));
        }
        case INSERT_IN_PROGRESS -> {
          live++;
          // Should it be rolled back, there is something to prune.
          mayPruneAfter(HeapTuple.xmin(m, tuple));
        }
        case LIVE -> live++;
      }
    }
  }

  private void mayPruneAfter(long xid) {
    if (pruneXid == 0 || xid < pruneXid) {
      pruneXid = xid;
    }
  }

  private void pruneChain(MemorySegment m, long page, int root, int count) {
    int rootId = PageItems.id(m, page, root);
    boolean redirect = ItemId.state(rootId) == ItemId.REDIRECT;
    if (!redirect) {
      long tuple = HeapPage.tuple(m, page, root);
      int mask = HeapTuple.infomask(m, tuple);
      if ((mask & HeapTuple.HEAP_ONLY) != 0) {
        pruneOrphan(mask, root);
        return;
      }
    }
    int length = 0;
    int lastDead = -1;
    long priorXmax = 0;
    int item = redirect ? ItemId.target(rootId) : root;
    while (item <= count && !handled[item] && HeapPage.hasTuple(m, page, item)) {
      long tuple = HeapPage.tuple(m, page, item);
      if (priorXmax != 0 && HeapTuple.xmin(m, tuple) != priorXmax) {
        break;
      }
      chain[length] = item;
      ForVacuum verdict = verdicts[item];
      if (verdict == ForVacuum.DEAD) {
        lastDead = length;
      }
      length++;
      if (verdict == ForVacuum.LIVE
          || verdict == ForVacuum.INSERT_IN_PROGRESS
          || (HeapTuple.infomask(m, tuple) & HeapTuple.HOT_UPDATED) == 0) {
        break;
      }
      item = Tid.offset(HeapTuple.ctid(m, tuple));
      priorXmax = HeapTuple.xmax(m, tuple);
    }
    cut(root, redirect, length, lastDead);
  }

  /// A heap-only version is reached through its chain. One that is dead and was not updated further
  /// may have lost its chain: its inserter rolled back and the version before was updated again.
  /// Updates that were themselves rolled back do not count.
  private void pruneOrphan(int mask, int item) {
    boolean aborted = (mask & HeapTuple.XMIN_FROZEN) == HeapTuple.XMIN_INVALID;
    boolean updated =
        (mask & HeapTuple.HOT_UPDATED) != 0 && (mask & HeapTuple.XMAX_INVALID) == 0 && !aborted;
    if (verdicts[item] == ForVacuum.DEAD && !updated) {
      handled[item] = true;
      unused[unusedCount++] = (short) item;
      removedTuples++;
    }
  }

  private void cut(int root, boolean redirect, int length, int lastDead) {
    if (lastDead < 0) {
      if (redirect && length == 0) {
        dead[deadCount++] = (short) root;
        handled[root] = true;
      }
      return;
    }
    for (int i = 0; i <= lastDead; i++) {
      handled[chain[i]] = true;
      removedTuples++;
      if (verdicts[chain[i]] == ForVacuum.RECENTLY_DEAD) {
        recentlyDead--; // its successor is dead, so it is too
      }
      if (chain[i] != root) {
        unused[unusedCount++] = (short) chain[i];
      }
    }
    handled[root] = true;
    if (lastDead == length - 1) {
      dead[deadCount++] = (short) root;
    } else {
      redirects[2 * redirectCount] = (short) root;
      redirects[2 * redirectCount + 1] = (short) chain[lastDead + 1];
      redirectCount++;
    }
  }
}
