package dev.lifeline.access.heap;

import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Speculation;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.PendingRelation;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An opened heap table: reading here, writing in [HeapInserter] and [HeapModifier].
public final class HeapTable implements Table {
  /// See [#checkUnique].
  public static final long GONE = 0;

  /// See [#checkUnique].
  public static final long THERE = -1;

  private final HeapAccess heap;
  private final BufferPool buffers;
  private final RelFileLocator file;
  private final int relation;
  private final TableState state;
  private final HeapInserter inserter;
  private final HeapModifier modifier;
  private final VisibilityMap visible;

  /// A page with less room than this, and something to prune, is pruned by its readers.
  private final int pruneBelow;

  HeapTable(HeapAccess heap, RelFileLocator file, int relation, int fillfactor, TableState state) {
    this.heap = heap;
    this.buffers = heap.buffers;
    this.file = file;
    this.relation = relation;
    this.state = state;
    int keepFree = PageLayout.PAGE_SIZE * (100 - fillfactor) / 100;
    this.pruneBelow = Math.max(keepFree, PageLayout.PAGE_SIZE / 10);
    this.visible = new VisibilityMap(buffers, heap.wal, file);
    this.inserter = new HeapInserter(heap, file, state, keepFree);
    this.modifier = new HeapModifier(heap, file, relation, state, inserter);
  }

  @Override
  public RelFileLocator file() {
    return file;
  }

  @Override
  public int relation() {
    return relation;
  }

  @Override
  public int blocks() {
    return buffers.blocks(file, Fork.MAIN);
  }

  public VisibilityMap visible() {
    return visible;
  }

  TableState state() {
    return state;
  }

  HeapAccess heap() {
    return heap;
  }

  /// Where a transaction counts what it does to this table.
  PendingRelation counters(Xact xact) {
    return xact.counters().relation(file.dbOid(), relation);
  }

  @Override
  public TableScan scan(Xact xact, Snapshot snapshot) {
    return new HeapTableScan(this, xact, snapshot);
  }

  @Override
  public TableScan indexBuildScan(Xact xact) {
    return new IndexBuildScan(this, xact);
  }

  /// Pins a page for a look at it, and prunes it first where that is worth while.
  int pinForRead(int block) {
    return pinForRead(block, null);
  }

  /// As [#pinForRead(int)], for a scan that has a ring.
  int pinForRead(int block, @Nullable BufferRing ring) {
    int buf = buffers.pin(file, Fork.MAIN, block, ring);
    if (!worthPruning(buf)) {
      return buf;
    }
    buffers.unpin(buf);
    heap.wal.reserve();
    buf = buffers.pin(file, Fork.MAIN, block, ring);
    if (buffers.tryCleanupLock(buf)) {
      try {
        heap.prune(buf, heap.transactions.oldestXmin());
      } catch (RuntimeException e) {
        buffers.release(buf);
        throw e;
      }
      MemorySegment m = buffers.memory();
      state.freeSpace.record(block, PageItems.freeSpace(m, buffers.offset(buf)));
      buffers.unlock(buf);
    }
    return buf;
  }

  /// Looks at the page's header without a latch: it is only about whether to try.
  private boolean worthPruning(int buf) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    long pruneXid = PageLayout.pruneXid(m, page);
    return pruneXid != 0
        && ((PageLayout.flags(m, page) & PageLayout.PAGE_FULL) != 0
            || PageItems.freeSpace(m, page) < pruneBelow)
        && pruneXid < heap.transactions.oldestXmin();
  }

  @Override
  public FetchResult fetch(Xact xact, Snapshot snapshot, long tid, TupleSink sink) {
    int buf = pinForRead(Tid.block(tid));
    buffers.lockShared(buf);
    try {
      return fetchFrom(buf, xact, snapshot, tid, sink);
    } finally {
      buffers.release(buf);
    }
  }

  @Override
  public void fetchPage(Xact xact, Snapshot snapshot, TidBitmap.Pages page, TupleSink sink) {
    int block = page.block();
    int buf = pinForRead(block);
    buffers.lockShared(buf);
    try {
      int found =
          page.isLossy()
              ? fetchAll(buf, block, xact, snapshot, sink)
              : fetchEach(buf, page, xact, snapshot, sink);
      counters(xact).countFetched(found);
    } finally {
      buffers.release(buf);
    }
  }

  private int fetchEach(
      int buf, TidBitmap.Pages page, Xact xact, Snapshot snapshot, TupleSink sink) {
    int found = 0;
    for (int item = page.nextOffset(1); item != 0; item = page.nextOffset(item + 1)) {
      long tid = Tid.of(page.block(), item);
      found += fetchFrom(buf, xact, snapshot, tid, sink) == FetchResult.FOUND ? 1 : 0;
    }
    return found;
  }

  private int fetchAll(int buf, int block, Xact xact, Snapshot snapshot, TupleSink sink) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int count = PageItems.count(m, page);
    int found = 0;
    for (int item = 1; item <= count; item++) {
      if (!HeapPage.hasTuple(m, page, item)) {
        continue;
      }
      long tuple = HeapPage.tuple(m, page, item);
      if (heap.visibility.mvcc(m, tuple, buf, xact, snapshot)) {
        int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
        sink.tuple(Tid.of(block, item), m, tuple + HeapTuple.HEADER_SIZE, length);
        found++;
      }
    }
    return found;
  }

  @Override
  public void prefetch(int block) {
    buffers.prefetch(file, Fork.MAIN, block);
  }

  private FetchResult fetchFrom(int buf, Xact xact, Snapshot snapshot, long tid, TupleSink sink) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int item = rootItem(m, page, Tid.offset(tid));
    boolean allDead = true;
    long oldestXmin = 0;
    long priorXmax = 0;
    while (item != 0 && HeapPage.hasTuple(m, page, item)) {
      long tuple = HeapPage.tuple(m, page, item);
      if (priorXmax != 0 && HeapTuple.xmin(m, tuple) != priorXmax) {
        break;
      }
      if (heap.visibility.mvcc(m, tuple, buf, xact, snapshot)) {
        int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
        sink.tuple(Tid.of(Tid.block(tid), item), m, tuple + HeapTuple.HEADER_SIZE, length);
        return FetchResult.FOUND;
      }
      if (allDead) {
        if (oldestXmin == 0) {
          oldestXmin = heap.transactions.oldestXmin();
        }
        allDead = HeapVisibility.surelyDead(m, tuple, oldestXmin);
      }
      if ((HeapTuple.infomask(m, tuple) & HeapTuple.HOT_UPDATED) == 0) {
        break;
      }
      item = Tid.offset(HeapTuple.ctid(m, tuple));
      priorXmax = HeapTuple.xmax(m, tuple);
    }
    return allDead ? FetchResult.DEAD : FetchResult.INVISIBLE;
  }

  /// The line pointer with the first version of a chain: the one asked for, or where it redirects;
  /// 0 when there is nothing left.
  private static int rootItem(MemorySegment m, long page, int item) {
    if (item < 1 || item > PageItems.count(m, page)) {
      return 0;
    }
    int id = PageItems.id(m, page, item);
    return switch (ItemId.state(id)) {
      case ItemId.NORMAL -> item;
      case ItemId.REDIRECT -> ItemId.target(id);
      default -> 0;
    };
  }

  @Override
  public boolean fetchVersion(long tid, TupleSink sink) {
    int buf = buffers.pin(file, Fork.MAIN, Tid.block(tid));
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int item = Tid.offset(tid);
      if (!HeapPage.hasTuple(m, page, item)) {
        return false;
      }
      long tuple = HeapPage.tuple(m, page, item);
      int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
      sink.tuple(tid, m, tuple + HeapTuple.HEADER_SIZE, length);
      return true;
    } finally {
      buffers.release(buf);
    }
  }

  /// For a unique index: whether the row that its entry leads to is there for good.
  ///
  /// @return [#GONE] when it is not, [#THERE] when it is, or the xid of a running transaction whose
  ///   end decides
  public long checkUnique(Xact xact, long tid) {
    int buf = buffers.pin(file, Fork.MAIN, Tid.block(tid));
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      int item = rootItem(m, page, Tid.offset(tid));
      long priorXmax = 0;
      while (item != 0 && HeapPage.hasTuple(m, page, item)) {
        long tuple = HeapPage.tuple(m, page, item);
        if (priorXmax != 0 && HeapTuple.xmin(m, tuple) != priorXmax) {
          break;
        }
        long verdict = heap.visibility.dirty(m, tuple, buf, xact);
        if (verdict != GONE) {
          return verdict;
        }
        if ((HeapTuple.infomask(m, tuple) & HeapTuple.HOT_UPDATED) == 0) {
          break;
        }
        item = Tid.offset(HeapTuple.ctid(m, tuple));
        priorXmax = HeapTuple.xmax(m, tuple);
      }
      return GONE;
    } finally {
      buffers.release(buf);
    }
  }

  @Override
  public boolean awaitLive(Xact xact, long tid) {
    while (true) {
      long verdict = checkUnique(xact, tid);
      if (verdict == GONE || verdict == THERE) {
        return verdict == THERE;
      }
      awaitDecision(xact, tid);
    }
  }

  /// Waits for whoever decides about a row that [#checkUnique] has found in doubt; returns when it
  /// is worth another look.
  public void awaitDecision(Xact xact, long tid) {
    long verdict = checkUnique(xact, tid);
    if (verdict == GONE || verdict == THERE) {
      return;
    }
    Future<Void> decision = heap.speculations.decision(verdict);
    if (decision != null) {
      throw new NotYet(decision);
    }
    // Where it was decided just before the question, the row may have been taken back; one that is
    // still in doubt now will be until the transaction ends.
    if (checkUnique(xact, tid) == verdict) {
      heap.locks.awaitXid(xact.proc().lockOwner(), verdict);
    }
  }

  @Override
  public Speculation speculate(Xact xact) {
    return heap.speculations.begin(xact.xid());
  }

  @Override
  public void retract(Xact xact, long tid) {
    modifier.retract(xact, tid);
    counters(xact).countDeleted();
  }

  @Override
  public long insert(Xact xact, byte[] payload, int offset, int length) {
    long tid = inserter.insert(xact, payload, offset, length);
    counters(xact).countInserted(1);
    return tid;
  }

  @Override
  public int multiInsert(Xact xact, List<byte[]> payloads, int from, long[] tids, BulkInsert bulk) {
    int count = inserter.multiInsert(xact, payloads, from, tids, bulk);
    counters(xact).countInserted(count);
    return count;
  }

  @Override
  public ModifyResult update(
      Xact xact, long tid, byte[] payload, boolean indexedChanged, boolean keyChanged) {
    ModifyResult result = modifier.update(xact, tid, payload, indexedChanged, keyChanged);
    if (result.ok()) {
      counters(xact).countUpdated(!result.needsIndexEntries());
    }
    return result;
  }

  @Override
  public ModifyResult delete(Xact xact, long tid) {
    ModifyResult result = modifier.delete(xact, tid);
    if (result.ok()) {
      counters(xact).countDeleted();
    }
    return result;
  }

  @Override
  public ModifyResult lock(
      Xact xact, long tid, RowLock strength, LockWaitPolicy policy, TupleSink sink) {
    return modifier.lock(xact, tid, strength, policy, sink);
  }
}
