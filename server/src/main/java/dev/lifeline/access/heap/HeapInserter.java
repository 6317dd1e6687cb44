package dev.lifeline.access.heap;

import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.ItemId;
import dev.lifeline.storage.page.PageItems;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Adds rows to a table, and finds the pages for them.
final class HeapInserter {
  private static final int NO_BLOCK = -1;

  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;
  private final TableState state;
  private final VisibilityMap visible;

  /// Bytes of each page that inserts leave to updates.
  private final int keepFree;

  HeapInserter(HeapAccess heap, RelFileLocator file, TableState state, int keepFree) {
    this.buffers = heap.buffers;
    this.wal = heap.wal;
    this.file = file;
    this.state = state;
    this.keepFree = keepFree;
    this.visible = new VisibilityMap(buffers, wal, file);
  }

  static void checkSize(int tupleSize) {
    if (tupleSize > HeapPage.TUPLE_SIZE_MAX) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED,
          "row is too big: size %d, maximum size %d",
          tupleSize,
          HeapPage.TUPLE_SIZE_MAX);
    }
  }

  long insert(Xact xact, byte[] payload, int offset, int length) {
    int size = HeapTuple.HEADER_SIZE + length;
    checkSize(size);
    long xid = xact.xid();
    wal.reserve();
    int pid = xact.proc().pid();
    int buf = latchTarget(state.target(pid), size, null);
    int block = buffers.blockOf(buf);
    state.setTarget(pid, block);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean fresh = initIfNew(m, page);
    int item = HeapPage.nextItem(m, page);
    put(m, page, block, item, xid, xact.commandId(), payload, offset, length);
    WalRecordBuilder r =
        wal.begin(Rmgr.HEAP, HeapRecord.INSERT | (fresh ? HeapRecord.INIT_PAGE : 0), xid);
    r.buffer(0, buf, registration(fresh, xact.logged(file) != null));
    r.blockData(0)
        .putShort(item)
        .putShort(0)
        .putBytes(m, HeapPage.tuple(m, page, item) + HeapTuple.HEADER_SIZE, length);
    r.insert();
    buffers.release(buf);
    return Tid.of(block, item);
  }

  /// @param logged whether decoding wants the row even where the page's image has it
  static int registration(boolean fresh, boolean logged) {
    return WalRecordBuilder.STANDARD
        | (fresh ? WalRecordBuilder.WILL_INIT : 0)
        | (logged ? WalRecordBuilder.KEEP_DATA : 0);
  }

  static boolean initIfNew(MemorySegment m, long page) {
    if (PageLayout.isNew(m, page)) {
      HeapPage.init(m, page);
      return true;
    }
    return false;
  }

  private static void put(
      MemorySegment m,
      long page,
      int block,
      int item,
      long xid,
      int cid,
      byte[] payload,
      int offset,
      int length) {
    long tuple = HeapPage.add(m, page, item, HeapTuple.HEADER_SIZE + length);
    HeapTuple.init(m, tuple, xid, cid, Tid.of(block, item), 0);
    MemorySegment.copy(
        payload, offset, m, ValueLayout.JAVA_BYTE, tuple + HeapTuple.HEADER_SIZE, length);
  }

  int multiInsert(Xact xact, List<byte[]> payloads, int from, long[] tids, BulkInsert bulk) {
    int firstSize = HeapTuple.HEADER_SIZE + payloads.get(from).length;
    checkSize(firstSize);
    long xid = xact.xid();
    wal.reserve();
    int buf = latchTarget(bulk.block(), firstSize, bulk.ring());
    int block = buffers.blockOf(buf);
    bulk.block(block);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean fresh = initIfNew(m, page);
    int end = from;
    while (end < payloads.size()) {
      byte[] payload = payloads.get(end);
      int size = HeapTuple.HEADER_SIZE + payload.length;
      if (end > from
          && (size > HeapPage.TUPLE_SIZE_MAX || !HeapPage.fits(m, page, size, keepFree))) {
        break;
      }
      int item = HeapPage.nextItem(m, page);
      put(m, page, block, item, xid, xact.commandId(), payload, 0, payload.length);
      tids[end++] = Tid.of(block, item);
    }
    WalRecordBuilder r =
        wal.begin(Rmgr.HEAP, HeapRecord.MULTI_INSERT | (fresh ? HeapRecord.INIT_PAGE : 0), xid);
    r.buffer(0, buf, registration(fresh, xact.logged(file) != null));
    r.blockData(0).putShort(end - from);
    for (int i = from; i < end; i++) {
      int item = Tid.offset(tids[i]);
      int length = ItemId.length(PageItems.id(m, page, item)) - HeapTuple.HEADER_SIZE;
      r.putShort(item)
          .putShort(length)
          .putBytes(m, HeapPage.tuple(m, page, item) + HeapTuple.HEADER_SIZE, length);
    }
    r.insert();
    buffers.release(buf);
    return end - from;
  }

  /// Pins and exclusively latches a page with room for a tuple.
  ///
  /// @param preferred the block to try first, -1 for none
  private int latchTarget(int preferred, int size, @Nullable BufferRing ring) {
    int block = preferred >= 0 ? preferred : candidate(size, NO_BLOCK);
    while (block >= 0) {
      int buf = visible.pinForChange(block, ring);
      if (hasRoom(buf, size)) {
        return buf;
      }
      noteRoom(buf);
      buffers.release(buf);
      block = candidate(size, NO_BLOCK);
    }
    return buffers.extend(file, Fork.MAIN, ring);
  }

  /// Whether a latched page takes a tuple of this size. An empty page takes any.
  boolean hasRoom(int buf, int size) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    return PageLayout.isNew(m, page)
        || HeapPage.fits(m, page, size, PageItems.count(m, page) == 0 ? 0 : keepFree);
  }

  /// Corrects what the free space map says of a latched page that had no room.
  void noteRoom(int buf) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int free;
    if (PageLayout.isNew(m, page)) {
      free = HeapPage.TUPLE_SIZE_MAX;
    } else {
      free = HeapPage.nextItem(m, page) == 0 ? 0 : PageItems.freeSpace(m, page);
    }
    state.freeSpace.record(buffers.blockOf(buf), free);
  }

  /// A block that probably has room, -1 when none is known.
  ///
  /// @param except a block that is of no use, or -1
  int candidate(int size, int except) {
    int needed = PageItems.align(size) + keepFree;
    int block = state.freeSpace.find(needed);
    if (block >= 0 && block == except) {
      state.freeSpace.record(block, 0);
      block = state.freeSpace.find(needed);
    }
    if (block < 0 && state.mayTryLastBlock()) {
      block = buffers.blocks(file, Fork.MAIN) - 1;
      state.triedLastBlock();
    }
    return block == except ? NO_BLOCK : block;
  }
}
