package dev.lifeline.access.nbtree;

import static dev.lifeline.access.transam.WalRecordBuilder.FORCE_IMAGE;
import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/// Writes a tree bottom-up from entries in ascending order: one page in the making on each level.
///
/// Making pages is pure memory work; finished ones wait in a queue until [#flush] has written them,
/// which may be called again after a wait. Nobody else knows the file yet, so blocks are numbered
/// as they come.
final class BTreeLoader {
  private static final int INNER_FILL = 70;

  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;
  private final long xid;
  private final int leafFill;

  /// Kept free on each page for its high key.
  private final int highKeyMax;

  private final List<Level> levels = new ArrayList<>();
  private final Deque<Finished> queue = new ArrayDeque<>();
  private int blocksUsed = 1; // the meta page

  private static final class Level {
    final MemorySegment page = MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]);
    int block;
    byte[] lastItem = {};
  }

  private record Finished(int block, MemorySegment page) {}

  BTreeLoader(
      BufferPool buffers, Wal wal, RelFileLocator file, long xid, int longestKey, int leafFill) {
    this.buffers = buffers;
    this.wal = wal;
    this.file = file;
    this.xid = xid;
    this.leafFill = leafFill;
    this.highKeyMax = BTreePage.PIVOT_KEY + longestKey + PageLayout.ITEM_ID_SIZE;
  }

  /// Adds the next entry.
  void add(byte[] key, long tid) {
    add(0, BTreePage.leafItem(key, tid));
  }

  private void add(int number, byte[] item) {
    Level level = number < levels.size() ? levels.get(number) : newLevel(number);
    if (!fits(level, number, item.length)) {
      nextPage(level, number, item);
    }
    byte[] stored = item;
    boolean first = BTreePage.count(level.page, 0) == 0;
    if (first && number > 0) {
      int child = BTreePage.child(MemorySegment.ofArray(item), 0);
      stored = BTreePage.pivotItem(child, item, 0, SearchKey.BEFORE_ALL);
    }
    BTreePage.insert(level.page, 0, BTreePage.count(level.page, 0) + 1, stored);
    level.lastItem = item;
  }

  private Level newLevel(int number) {
    Level level = new Level();
    level.block = blocksUsed++;
    BTreePage.init(level.page, 0, number, number == 0 ? BTreePage.LEAF : 0);
    levels.add(level);
    return level;
  }

  private boolean fits(Level level, int number, int length) {
    int fill = BTreePage.CAPACITY * (number == 0 ? leafFill : INNER_FILL) / 100;
    int limit = Math.min(fill, BTreePage.CAPACITY - highKeyMax);
    int used = BTreePage.CAPACITY - BTreePage.freeSpace(level.page, 0);
    int after = used + length + PageLayout.ITEM_ID_SIZE;
    // A page should have two entries even if the second goes over the fill factor.
    return after <= limit
        || (BTreePage.count(level.page, 0) < 2 && after <= BTreePage.CAPACITY - highKeyMax);
  }

  /// Ends a level's page before an item that does not fit, and begins the next one.
  private void nextPage(Level level, int number, byte[] item) {
    int nextBlock = blocksUsed++;
    byte[] separator = separator(number, level.lastItem, item);
    BTreePage.insert(level.page, 0, 1, separator);
    BTreePage.setNext(level.page, 0, nextBlock);
    int doneBlock = level.block;
    queue.add(new Finished(doneBlock, BTreePage.copy(level.page, 0)));
    level.block = nextBlock;
    BTreePage.init(level.page, 0, number, number == 0 ? BTreePage.LEAF : 0);
    BTreePage.setPrev(level.page, 0, doneBlock);
    if (number + 1 == levels.size()) {
      add(number + 1, BTreePage.pivotItem(doneBlock, separator, 0, SearchKey.BEFORE_ALL));
    }
    byte[] downlink = separator.clone();
    MemorySegment.ofArray(downlink).set(PageLayout.INT, 0, nextBlock);
    add(number + 1, downlink);
  }

  private static byte[] separator(int number, byte[] left, byte[] right) {
    if (number == 0) {
      return BTreeSplit.leafSeparator(left, right);
    }
    byte[] pivot = right.clone();
    MemorySegment.ofArray(pivot).set(PageLayout.INT, 0, BTreePage.NONE);
    return pivot;
  }

  /// Ends the last page of each level; the topmost one is the root.
  void end() {
    for (int i = 0; i < levels.size(); i++) {
      Level level = levels.get(i);
      if (i == levels.size() - 1) {
        BTreePage.setFlags(level.page, 0, BTreePage.flags(level.page, 0) | BTreePage.ROOT);
      }
      queue.add(new Finished(level.block, level.page));
    }
  }

  int rootLevel() {
    return levels.size() - 1;
  }

  int rootBlock() {
    return levels.getLast().block;
  }

  /// Writes the finished pages.
  void flush() {
    for (Finished next = queue.peek(); next != null; next = queue.peek()) {
      wal.reserve();
      while (buffers.blocks(file, Fork.MAIN) <= next.block()) {
        buffers.release(buffers.extend(file, Fork.MAIN));
      }
      int buf = buffers.pin(file, Fork.MAIN, next.block());
      buffers.lockExclusive(buf);
      MemorySegment.copy(
          next.page(), 0, buffers.memory(), buffers.offset(buf), PageLayout.PAGE_SIZE);
      WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.PAGES, xid);
      r.buffer(0, buf, STANDARD | FORCE_IMAGE);
      r.insert();
      buffers.release(buf);
      queue.remove();
    }
  }

  /// Makes the tree known to the meta page: the last step.
  void writeMeta() {
    wal.reserve();
    int meta = buffers.pin(file, Fork.MAIN, BTreeReader.META_BLOCK);
    buffers.lockExclusive(meta);
    BTreePage.setMeta(buffers.memory(), buffers.offset(meta), rootBlock(), rootLevel());
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.PAGES, xid);
    r.buffer(0, meta, STANDARD | FORCE_IMAGE);
    r.insert();
    buffers.release(meta);
  }
}
