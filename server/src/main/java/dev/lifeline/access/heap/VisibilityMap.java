package dev.lifeline.access.heap;

import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Two bits for each block of a table, in a fork of its own: whether all rows on it are visible to
/// everybody, and whether they are frozen besides. Vacuum sets them and passes over such blocks;
/// whoever changes a block clears them first, and whoever locks a row the second one.
///
/// Formally, a bit in the map implies the flag [PageLayout#ALL_VISIBLE] on the block. Both are set
/// by one WAL record, and cleared by one, before the change that makes it necessary: so the
/// implication holds after a crash at any place.
///
/// A page of the map is latched after the page of the table, and is pinned before that is latched.
public final class VisibilityMap {
  static final int VISIBLE = 1;
  static final int FROZEN = 2;

  private static final int BITS = 2;
  private static final int BLOCKS_PER_BYTE = 8 / BITS;

  /// Blocks of the table that one page of the map covers.
  static final int BLOCKS_PER_PAGE =
      (PageLayout.PAGE_SIZE - PageLayout.HEADER_SIZE) * BLOCKS_PER_BYTE;

  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;

  VisibilityMap(BufferPool buffers, Wal wal, RelFileLocator file) {
    this.buffers = buffers;
    this.wal = wal;
    this.file = file;
  }

  /// What the map says of a block. Without a latch on that it may change at once, see [#clear(int,
  /// int)].
  int status(int block) {
    int mapBlock = block / BLOCKS_PER_PAGE;
    if (mapBlock >= buffers.blocks(file, Fork.VM)) {
      return 0;
    }
    int map = buffers.pin(file, Fork.VM, mapBlock);
    buffers.lockShared(map);
    int status = get(buffers.memory(), buffers.offset(map), block % BLOCKS_PER_PAGE);
    buffers.release(map);
    return status;
  }

  /// Tells of each tid whether everybody sees all of its page, as far as the map is in memory.
  ///
  /// It latches nothing but pages of the map, so a page of an index may be latched meanwhile.
  ///
  /// @return a block that it could not tell, -1 where there is none
  public int ask(long[] tids, int count, boolean[] answers) {
    int unknown = -1;
    int mapBlock = -1;
    int map = BufferPool.INVALID;
    int lastBlock = -1;
    for (int i = 0; i < count; i++) {
      int block = Tid.block(tids[i]);
      if (i > 0 && block == lastBlock) {
        answers[i] = answers[i - 1];
        continue;
      }
      lastBlock = block;
      if (block / BLOCKS_PER_PAGE != mapBlock) {
        releaseIfAny(map);
        mapBlock = block / BLOCKS_PER_PAGE;
        map = buffers.pinIfResident(file, Fork.VM, mapBlock);
        if (map == BufferPool.INVALID) {
          unknown = block;
        } else {
          buffers.lockShared(map);
        }
      }
      answers[i] =
          map != BufferPool.INVALID
              && (get(buffers.memory(), buffers.offset(map), block % BLOCKS_PER_PAGE) & VISIBLE)
                  != 0;
    }
    releaseIfAny(map);
    return unknown;
  }

  private void releaseIfAny(int map) {
    if (map != BufferPool.INVALID) {
      buffers.release(map);
    }
  }

  /// Begins to read what the map says of a block.
  public void prefetch(int block) {
    try {
      buffers.prefetch(file, Fork.VM, block / BLOCKS_PER_PAGE);
    } catch (NotYet opening) {
      // It will be there when somebody asks again.
    }
  }

  /// How many blocks everybody sees all of: `pg_class.relallvisible`.
  public int countVisible() {
    int n = 0;
    int pages = buffers.blocks(file, Fork.VM);
    for (int mapBlock = 0; mapBlock < pages; mapBlock++) {
      int map = buffers.pin(file, Fork.VM, mapBlock);
      buffers.lockShared(map);
      MemorySegment m = buffers.memory();
      for (int i = 0; i < BLOCKS_PER_PAGE; i++) {
        n += get(m, buffers.offset(map), i) & VISIBLE;
      }
      buffers.release(map);
    }
    return n;
  }

  /// Pins the page of the map for a block, and makes it where there is none yet.
  int pinForSet(int block) {
    int mapBlock = block / BLOCKS_PER_PAGE;
    while (mapBlock >= buffers.blocks(file, Fork.VM)) {
      buffers.release(buffers.extend(file, Fork.VM));
    }
    return buffers.pin(file, Fork.VM, mapBlock);
  }

  /// Pins a page of the table and latches it exclusively, for a change after which not all of it
  /// may be visible to everybody.
  int pinForChange(int block, @Nullable BufferRing ring) {
    int buf = buffers.pin(file, Fork.MAIN, block, ring);
    try {
      lockForChange(buf);
    } catch (RuntimeException e) {
      buffers.unpin(buf);
      throw e;
    }
    return buf;
  }

  /// As [#pinForChange], of a page that is pinned already and stays so if it has to be waited for.
  void lockForChange(int buf) {
    while (true) {
      prepareChange(buf);
      buffers.lockExclusive(buf);
      if (!isFlagged(buf)) {
        return;
      }
      // Vacuum was faster than we.
      buffers.unlock(buf);
    }
  }

  /// Pins a page of the table and latches it exclusively, for a lock on one of its rows: everybody
  /// still sees all of it, but it has an xid again.
  int pinForLock(int block) {
    int buf = buffers.pin(file, Fork.MAIN, block);
    int map = BufferPool.INVALID;
    while (true) {
      try {
        map = isFlagged(buf) ? pinForSet(block) : BufferPool.INVALID;
      } catch (RuntimeException e) {
        buffers.unpin(buf);
        throw e;
      }
      buffers.lockExclusive(buf);
      if (!isFlagged(buf) || map != BufferPool.INVALID) {
        break;
      }
      // Vacuum was faster than we.
      buffers.unlock(buf);
    }
    if (map != BufferPool.INVALID) {
      if (isFlagged(buf)) {
        thaw(buf, map);
      }
      buffers.unpin(map);
    }
    return buf;
  }

  private void thaw(int buf, int map) {
    buffers.lockShared(map);
    int status = get(buffers.memory(), buffers.offset(map), buffers.blockOf(buf) % BLOCKS_PER_PAGE);
    buffers.unlock(map);
    if ((status & FROZEN) != 0) {
      set(buf, map, VISIBLE);
    }
  }

  /// Clears the bits of a pinned, unlatched page where they are set.
  void prepareChange(int buf) {
    if (!isFlagged(buf)) {
      return;
    }
    int map = pinForSet(buffers.blockOf(buf));
    buffers.lockExclusive(buf);
    if (isFlagged(buf)) {
      clear(buf, map);
    }
    buffers.unlock(buf);
    buffers.unpin(map);
  }

  boolean isFlagged(int buf) {
    return (PageLayout.flags(buffers.memory(), buffers.offset(buf)) & PageLayout.ALL_VISIBLE) != 0;
  }

  private void clear(int buf, int map) {
    int index = buffers.blockOf(buf) % BLOCKS_PER_PAGE;
    buffers.lockExclusive(map);
    MemorySegment m = buffers.memory();
    boolean fresh = PageLayout.isNew(m, buffers.offset(map));
    clear(m, buffers.offset(map), index);
    clearFlag(m, buffers.offset(buf));
    wal.begin(Rmgr.HEAP, HeapRecord.CLEAR_VISIBLE | (fresh ? HeapRecord.INIT_PAGE : 0), 0)
        .buffer(0, map, fresh ? WalRecordBuilder.WILL_INIT : 0)
        .buffer(1, buf, WalRecordBuilder.STANDARD)
        .data()
        .putInt(index)
        .insert();
    buffers.unlock(map);
  }

  /// Sets the bits of an exclusively latched page.
  ///
  /// @param map the pinned page of the map
  void set(int buf, int map, int status) {
    int index = buffers.blockOf(buf) % BLOCKS_PER_PAGE;
    buffers.lockExclusive(map);
    MemorySegment m = buffers.memory();
    boolean fresh = PageLayout.isNew(m, buffers.offset(map));
    set(m, buffers.offset(map), index, status);
    setFlag(m, buffers.offset(buf));
    wal.begin(Rmgr.HEAP, HeapRecord.VISIBLE | (fresh ? HeapRecord.INIT_PAGE : 0), 0)
        .buffer(0, map, fresh ? WalRecordBuilder.WILL_INIT : 0)
        .buffer(1, buf, WalRecordBuilder.STANDARD)
        .data()
        .putInt(index)
        .putByte(status)
        .insert();
    buffers.unlock(map);
  }

  /// Forgets the blocks from this one to the end of the page of the map, before the table is cut
  /// there.
  ///
  /// @return the first block of the next page of the map; -1 when there is none
  int forgetFrom(int block) {
    int mapBlock = block / BLOCKS_PER_PAGE;
    if (mapBlock >= buffers.blocks(file, Fork.VM)) {
      return -1;
    }
    int map = buffers.pin(file, Fork.VM, mapBlock);
    buffers.lockExclusive(map);
    MemorySegment m = buffers.memory();
    if (!PageLayout.isNew(m, buffers.offset(map))) {
      int index = block % BLOCKS_PER_PAGE;
      clearFrom(m, buffers.offset(map), index);
      wal.begin(Rmgr.HEAP, HeapRecord.FORGET_VISIBLE, 0)
          .buffer(0, map, 0)
          .data()
          .putInt(index)
          .insert();
    }
    buffers.release(map);
    return (mapBlock + 1) * BLOCKS_PER_PAGE;
  }

  // The changes of pages, as redo makes them too.

  private static long at(long page, int index) {
    return page + PageLayout.HEADER_SIZE + index / BLOCKS_PER_BYTE;
  }

  private static int shift(int index) {
    return index % BLOCKS_PER_BYTE * BITS;
  }

  static int get(MemorySegment m, long page, int index) {
    return m.get(PageLayout.BYTE, at(page, index)) >> shift(index) & (VISIBLE | FROZEN);
  }

  static void set(MemorySegment m, long page, int index, int status) {
    initIfNew(m, page);
    clear(m, page, index);
    int value = m.get(PageLayout.BYTE, at(page, index)) | status << shift(index);
    m.set(PageLayout.BYTE, at(page, index), (byte) value);
  }

  static void clear(MemorySegment m, long page, int index) {
    initIfNew(m, page);
    int value = m.get(PageLayout.BYTE, at(page, index)) & ~((VISIBLE | FROZEN) << shift(index));
    m.set(PageLayout.BYTE, at(page, index), (byte) value);
  }

  static void clearFrom(MemorySegment m, long page, int index) {
    for (int i = index; i % BLOCKS_PER_BYTE != 0; i++) {
      clear(m, page, i);
    }
    long from = at(page, index + BLOCKS_PER_BYTE - 1);
    m.asSlice(from, page + PageLayout.PAGE_SIZE - from).fill((byte) 0);
  }

  private static void initIfNew(MemorySegment m, long page) {
    if (PageLayout.isNew(m, page)) {
      PageLayout.init(m, page, 0);
    }
  }

  static void setFlag(MemorySegment m, long page) {
    PageLayout.setFlags(m, page, PageLayout.flags(m, page) | PageLayout.ALL_VISIBLE);
  }

  static void clearFlag(MemorySegment m, long page) {
    PageLayout.setFlags(m, page, PageLayout.flags(m, page) & ~PageLayout.ALL_VISIBLE);
  }
}
