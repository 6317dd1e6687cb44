package dev.lifeline.access.heap;

import static dev.lifeline.access.transam.WalRecordBuilder.FORCE_IMAGE;
import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Writes row versions, with what their headers say of who made and who replaced them, to a file
/// that nobody else knows yet, as PostgreSQL's `rewriteheap.c`.
///
/// A version that was replaced must lead to its successor in the new file, too: whoever updates it
/// under an old snapshot finds out by that. So it is written after the successor, and waits in
/// memory until then. Only what some snapshot still sees is in such chains, so they are few.
///
/// Making pages is pure memory work; finished ones wait in a queue until [#flush] has written them,
/// which may be called again after a wait. Each is logged as a whole.
final class HeapRewriter {
  private final HeapAccess heap;
  private final RelFileLocator file;
  private final long xid;
  private final int keepFree;
  private final long oldestXmin;

  private MemorySegment page = newPage();
  private int block;
  private final Deque<MemorySegment> finished = new ArrayDeque<>();

  /// Versions whose successor has not come yet, by where that was.
  private final Map<Long, Version> waiting = new HashMap<>();

  /// Where the successors went whose predecessor may yet come, by where they were.
  private final Map<Long, Moved> moved = new HashMap<>();

  private long written;

  /// A row version as it will be in the new file, but for its ctid.
  static final class Version {
    /// Where it was.
    private final long tid;

    private final long xmin;
    private final long xmax;
    private final int cid;

    /// Where its successor was; its own place without one.
    private final long next;

    private final int mask;
    private final byte[] payload;

    Version(long tid, long xmin, long xmax, int cid, long next, int mask, byte[] payload) {
      this.tid = tid;
      this.xmin = xmin;
      this.xmax = xmax;
      this.cid = cid;
      this.next = next;
      this.mask = mask;
      this.payload = payload;
    }
  }

  private record Moved(long xmin, long tid) {}

  /// @param xid the transaction that the file belongs to
  /// @param keepFree bytes of each page that are left to updates
  /// @param oldestXmin no snapshot sees what a transaction before this one deleted
  HeapRewriter(HeapAccess heap, RelFileLocator file, long xid, int keepFree, long oldestXmin) {
    this.heap = heap;
    this.file = file;
    this.xid = xid;
    this.keepFree = keepFree;
    this.oldestXmin = oldestXmin;
  }

  private static MemorySegment newPage() {
    MemorySegment made = MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]);
    HeapPage.init(made, 0);
    return made;
  }

  /// How many versions it has written.
  long written() {
    return written;
  }

  /// Adds a version.
  void add(Version version) {
    long newNext = 0;
    if (version.next != version.tid) {
      Moved successor = moved.remove(version.next);
      if (successor == null || successor.xmin != version.xmax) {
        waiting.put(version.next, version);
        return;
      }
      newNext = successor.tid;
    }
    place(version, newNext);
  }

  /// Writes a version, and those that have waited for it.
  private void place(Version first, long firstNext) {
    Version version = first;
    long next = firstNext;
    while (true) {
      long tid = put(version, next);
      Version before = waiting.get(version.tid);
      if (before == null || before.xmax != version.xmin) {
        if ((version.mask & HeapTuple.UPDATED) != 0 && version.xmin >= oldestXmin) {
          moved.put(version.tid, new Moved(version.xmin, tid));
        }
        return;
      }
      waiting.remove(version.tid);
      version = before;
      next = tid;
    }
  }

  private long put(Version version, long next) {
    int size = HeapTuple.HEADER_SIZE + version.payload.length;
    int keep = PageItems.count(page, 0) == 0 ? 0 : keepFree;
    if (!HeapPage.fits(page, 0, size, keep)) {
      finishPage();
    }
    int item = HeapPage.nextItem(page, 0);
    long tid = Tid.of(block, item);
    long tuple = HeapPage.add(page, 0, item, size);
    HeapTuple.init(page, tuple, version.xmin, version.cid, tid, 0);
    HeapTuple.setInfomask(page, tuple, version.mask);
    if ((version.mask & HeapTuple.XMAX_INVALID) == 0) {
      HeapTuple.setXmax(page, tuple, version.xmax);
      HeapTuple.setCtid(page, tuple, next == 0 ? tid : next);
      HeapPage.setPrunable(page, 0, version.xmax);
    }
    MemorySegment.copy(
        version.payload,
        0,
        page,
        ValueLayout.JAVA_BYTE,
        tuple + HeapTuple.HEADER_SIZE,
        version.payload.length);
    written++;
    return tid;
  }

  private void finishPage() {
    finished.add(page);
    page = newPage();
    block++;
  }

  /// Ends the last page. A version whose successor never came cannot be seen by anybody, but is
  /// kept, to be on the safe side.
  void end() {
    for (Version version : waiting.values()) {
      put(version, 0);
    }
    waiting.clear();
    if (PageItems.count(page, 0) > 0) {
      finishPage();
    }
  }

  /// Writes the finished pages.
  ///
  /// @throws dev.lifeline.utils.NotYet while too much WAL is unwritten
  void flush() {
    for (@Nullable MemorySegment next = finished.peek(); next != null; next = finished.peek()) {
      heap.wal.reserve();
      int buf = heap.buffers.extend(file, Fork.MAIN);
      MemorySegment.copy(
          next, 0, heap.buffers.memory(), heap.buffers.offset(buf), PageLayout.PAGE_SIZE);
      heap.wal
          .begin(Rmgr.HEAP, HeapRecord.PAGES, xid)
          .buffer(0, buf, STANDARD | FORCE_IMAGE)
          .insert();
      heap.buffers.release(buf);
      finished.remove();
    }
  }
}
