package dev.lifeline.storage.freespace;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// How much room each block of a relation has, about: one byte for each block, in units of 32
/// bytes, rounded down.
///
/// It is a hint in both directions. Whoever is sent to a block looks for himself and corrects the
/// entry; a block that is not known to have room is only not found. So the map needs no WAL.
///
/// Searches work on a copy in memory. The pages of the relation's second fork have the same bytes:
/// they are read when somebody first looks for room, and every change goes to the page at once
/// where that is in memory; VACUUM, which comes by every block, sees to it that it is. After a
/// crash a page may be of any age, or torn: a broken one is made anew, and what it says of blocks
/// behind the end of the relation is taken back when it is read. Safe for use by any thread.
///
/// A page of the map is latched after the page of the relation that it is about, and under the
/// monitor of this object.
public final class FreeSpaceMap {
  private static final int UNIT = 32;
  private static final int CHUNK = 1024;

  /// Blocks of the relation that one page of the map covers.
  public static final int BLOCKS_PER_PAGE = PageLayout.PAGE_SIZE - PageLayout.HEADER_SIZE;

  private final BufferPool buffers;
  private final RelFileLocator file;

  private byte[] categories = new byte[0];

  /// An upper bound for each chunk of blocks, so that a search passes over full ones.
  private byte[] chunkBounds = new byte[0];

  /// Where the next search begins: spreads inserters over the table.
  private int cursor;

  /// Pages of the fork that were read.
  private int pagesRead;

  private volatile boolean loaded;

  public FreeSpaceMap(BufferPool buffers, RelFileLocator file) {
    this.buffers = buffers;
    this.file = file;
  }

  /// Notes the free bytes of a block.
  public synchronized void record(int block, int freeBytes) {
    int category = Math.min(freeBytes / UNIT, 255);
    if (note(block, category)) {
      store(block, category);
    }
  }

  /// Returns whether this is news.
  private boolean note(int block, int category) {
    ensure(block);
    boolean changed = (categories[block] & 0xff) != category;
    categories[block] = (byte) category;
    int chunk = block / CHUNK;
    if (category > (chunkBounds[chunk] & 0xff)) {
      chunkBounds[chunk] = (byte) category;
    }
    return changed || !loaded;
  }

  private void ensure(int block) {
    if (block >= categories.length) {
      int length = Math.max(block + 1, categories.length * 2);
      length = (length + CHUNK - 1) / CHUNK * CHUNK;
      categories = Arrays.copyOf(categories, length);
      chunkBounds = Arrays.copyOf(chunkBounds, length / CHUNK);
    }
  }

  /// Finds a block with at least so many free bytes; -1 when none is known. Nothing may be latched.
  ///
  /// @throws dev.lifeline.utils.NotYet while the map is read from the disk
  public int find(int neededBytes) {
    load();
    int blocks = buffers.blocks(file, Fork.MAIN);
    while (true) {
      int block = search(neededBytes);
      if (block < blocks) {
        return block;
      }
      record(block, 0);
    }
  }

  private synchronized int search(int neededBytes) {
    int wanted = (neededBytes + UNIT - 1) / UNIT;
    int chunks = chunkBounds.length;
    if (wanted > 255 || chunks == 0) {
      return -1;
    }
    int first = cursor / CHUNK % chunks;
    for (int i = 0; i < chunks; i++) {
      int chunk = (first + i) % chunks;
      if ((chunkBounds[chunk] & 0xff) >= wanted) {
        int block = findIn(chunk, wanted);
        if (block >= 0) {
          cursor = block + 1;
          return block;
        }
      }
    }
    return -1;
  }

  private int findIn(int chunk, int wanted) {
    int best = 0;
    for (int block = chunk * CHUNK; block < (chunk + 1) * CHUNK; block++) {
      int category = categories[block] & 0xff;
      if (category >= wanted) {
        return block;
      }
      best = Math.max(best, category);
    }
    chunkBounds[chunk] = (byte) best;
    return -1;
  }

  /// Forgets the blocks from this one on: the relation is cut there, and the fork to
  /// [#pagesFor(int)].
  public synchronized void truncate(int blocks) {
    if (blocks < categories.length) {
      Arrays.fill(categories, blocks, categories.length, (byte) 0);
    }
    int page = blocks / BLOCKS_PER_PAGE;
    int buf = buffers.pinIfResident(file, Fork.FSM, page);
    if (buf != BufferPool.INVALID) {
      takeBackFrom(buf, blocks % BLOCKS_PER_PAGE);
      buffers.unpin(buf);
    }
  }

  /// How long the fork is at most for a relation of so many blocks.
  public static int pagesFor(int blocks) {
    return (blocks + BLOCKS_PER_PAGE - 1) / BLOCKS_PER_PAGE;
  }

  /// The free bytes that are noted for a block.
  public synchronized int freeBytes(int block) {
    return block < categories.length ? (categories[block] & 0xff) * UNIT : 0;
  }

  // The fork.

  /// Reads what the disk knows, if that was not done yet.
  ///
  /// @throws dev.lifeline.utils.NotYet while it is read
  public void load() {
    if (!loaded) {
      readPages();
    }
  }

  private synchronized void readPages() {
    int pages = buffers.blocks(file, Fork.FSM);
    int blocks = buffers.blocks(file, Fork.MAIN);
    for (int ahead = pagesRead + 1; ahead < pages; ahead++) {
      buffers.prefetch(file, Fork.FSM, ahead);
    }
    for (; pagesRead < pages; pagesRead++) {
      int buf = pinOrRepair(pagesRead);
      int first = pagesRead * BLOCKS_PER_PAGE;
      take(buf, first, Math.min(BLOCKS_PER_PAGE, blocks - first));
      buffers.unpin(buf);
    }
    loaded = true;
  }

  /// Takes over what a page says, but not what is known better by now.
  private void take(int buf, int first, int count) {
    buffers.lockShared(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    for (int i = 0; i < count; i++) {
      int category = m.get(PageLayout.BYTE, at(page, i)) & 0xff;
      if (category != 0 && freeBytes(first + i) == 0) {
        note(first + i, category);
      }
    }
    buffers.unlock(buf);
    takeBackFrom(buf, Math.max(0, count));
  }

  /// Sees to it that the page of the map for a block exists and is in memory.
  ///
  /// @throws dev.lifeline.utils.NotYet while it is read
  public void prepare(int block) {
    load();
    int page = block / BLOCKS_PER_PAGE;
    while (page >= buffers.blocks(file, Fork.FSM)) {
      buffers.release(buffers.extend(file, Fork.FSM));
    }
    buffers.unpin(pinOrRepair(page));
  }

  /// Sees to it that the page on which the map is cut for a relation of so many blocks is in
  /// memory, if there is one: a page that goes whole is not wanted, and none may be added in its
  /// place.
  ///
  /// @throws dev.lifeline.utils.NotYet while it is read
  public void prepareTruncate(int blocks) {
    int page = blocks / BLOCKS_PER_PAGE;
    if (blocks % BLOCKS_PER_PAGE != 0 && page < buffers.blocks(file, Fork.FSM)) {
      buffers.unpin(pinOrRepair(page));
    }
  }

  /// Pins a page of the fork. One that is broken, because a crash has torn it, is begun anew.
  private int pinOrRepair(int page) {
    try {
      return buffers.pin(file, Fork.FSM, page);
    } catch (PgException broken) {
      if (broken.sqlState() != SqlState.DATA_CORRUPTED) {
        throw broken;
      }
      int buf = buffers.pinForInit(file, Fork.FSM, page);
      buffers.lockExclusive(buf);
      PageLayout.init(buffers.memory(), buffers.offset(buf), 0);
      buffers.markDirty(buf);
      buffers.unlock(buf);
      return buf;
    }
  }

  private void store(int block, int category) {
    int buf = buffers.pinIfResident(file, Fork.FSM, block / BLOCKS_PER_PAGE);
    if (buf == BufferPool.INVALID) {
      return;
    }
    buffers.lockExclusive(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    long at = at(page, block % BLOCKS_PER_PAGE);
    if ((m.get(PageLayout.BYTE, at) & 0xff) != category) {
      if (PageLayout.isNew(m, page)) {
        PageLayout.init(m, page, 0);
      }
      m.set(PageLayout.BYTE, at, (byte) category);
      buffers.markDirty(buf);
    }
    buffers.release(buf);
  }

  /// Clears the entries of a page from this one on.
  private void takeBackFrom(int buf, int index) {
    if (index == BLOCKS_PER_PAGE || !saysAnythingFrom(buf, index)) {
      return;
    }
    buffers.lockExclusive(buf);
    long from = at(buffers.offset(buf), index);
    buffers.memory().asSlice(from, BLOCKS_PER_PAGE - index).fill((byte) 0);
    buffers.markDirty(buf);
    buffers.unlock(buf);
  }

  private boolean saysAnythingFrom(int buf, int index) {
    buffers.lockShared(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean found = false;
    for (int i = index; i < BLOCKS_PER_PAGE && !found; i++) {
      found = m.get(PageLayout.BYTE, at(page, i)) != 0;
    }
    buffers.unlock(buf);
    return found;
  }

  /// Whether a page of the fork has an entry for a block that the relation does not have.
  ///
  /// @throws dev.lifeline.utils.NotYet while it is read
  public boolean goesBeyondEnd(int page) {
    int buf = pinOrRepair(page);
    int count = buffers.blocks(file, Fork.MAIN) - page * BLOCKS_PER_PAGE;
    boolean beyond = count < BLOCKS_PER_PAGE && saysAnythingFrom(buf, Math.max(0, count));
    buffers.unpin(buf);
    return beyond;
  }

  private static long at(long page, int index) {
    return page + PageLayout.HEADER_SIZE + index;
  }
}
