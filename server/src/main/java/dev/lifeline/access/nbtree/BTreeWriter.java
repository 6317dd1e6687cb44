package dev.lifeline.access.nbtree;

import static dev.lifeline.access.transam.WalRecordBuilder.FORCE_IMAGE;
import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;

import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Changes a tree: descends for writing, adds items, splits pages and completes splits.
///
/// A split and the downlink of its new page are two steps, each with a WAL record of its own. In
/// between the left page is marked, searches go over its right link, and whoever comes along to
/// write completes the split before anything else. So a split that a crash, or a page that was not
/// in memory, has interrupted is completed by the next writer.
///
/// Latches are taken from the leaves up and from left to right, so nobody waits in a circle: a
/// descent holds one at a time, and only who completes a split holds a child while it goes up.
final class BTreeWriter {
  private static final int NO_BUFFER = BufferPool.INVALID;
  private static final byte[] NOTHING = {};

  private final BufferPool buffers;
  private final Wal wal;
  private final RelFileLocator file;
  private final BTreeState state;
  private final BTreeReader reader;
  private final Transactions transactions;

  BTreeWriter(BTreeAccess access, RelFileLocator file, BTreeState state, BTreeReader reader) {
    this.buffers = access.buffers();
    this.wal = access.wal();
    this.transactions = access.heap().shared().transactions();
    this.file = file;
    this.state = state;
    this.reader = reader;
  }

  /// Pins and exclusively latches the page of a level where the key belongs. Splits that are not
  /// complete on the way along that level are completed.
  int latchPage(SearchKey key, int targetLevel) {
    MemorySegment m = buffers.memory();
    while (true) {
      long root = reader.root();
      if (BTreeState.level(root) < targetLevel) {
        root = reader.readMeta();
        if (BTreeState.level(root) < targetLevel) {
          throw PgException.error(
              SqlState.INDEX_CORRUPTED,
              "btree level %d not found in index file %s",
              targetLevel,
              file);
        }
      }
      int block = BTreeState.block(root);
      int level = BTreeState.level(root);
      boolean atRoot = true;
      while (true) {
        int buf = level == targetLevel ? latch(block) : reader.latch(block);
        long page = buffers.offset(buf);
        if (atRoot && !BTreePage.has(m, page, BTreePage.ROOT)) {
          buffers.release(buf);
          reader.readMeta();
          break;
        }
        atRoot = false;
        if (level == targetLevel) {
          return moveRight(buf, key);
        }
        if (BTreePage.belongsRight(m, page, key)) {
          block = BTreePage.next(m, page);
        } else {
          int number = BTreePage.childNumber(m, page, key);
          block = BTreePage.child(m, BTreePage.item(m, page, number));
          level--;
        }
        buffers.release(buf);
      }
    }
  }

  int latch(int block) {
    int buf = buffers.pin(file, Fork.MAIN, block);
    buffers.lockExclusive(buf);
    return buf;
  }

  /// Goes right, from an exclusively latched page, to the one where the key belongs.
  private int moveRight(int from, SearchKey key) {
    MemorySegment m = buffers.memory();
    int buf = from;
    while (true) {
      long page = buffers.offset(buf);
      int block = buffers.blockOf(buf);
      if (BTreePage.has(m, page, BTreePage.INCOMPLETE_SPLIT)) {
        buffers.release(buf);
        completeSplit(block);
      } else if (BTreePage.belongsRight(m, page, key)) {
        block = BTreePage.next(m, page);
        buffers.release(buf);
      } else {
        return buf;
      }
      buf = latch(block);
    }
  }

  /// As [#moveRight], but never lets go of a page before the next is latched, so that nobody gets
  /// between.
  ///
  /// @return the page; or [BufferPool#INVALID], with nothing latched, after a split had to be
  ///   completed: the caller begins again
  int moveRightCoupled(int from, SearchKey key) {
    MemorySegment m = buffers.memory();
    int buf = from;
    while (BTreePage.belongsRight(m, buffers.offset(buf), key)) {
      int next;
      try {
        next = latch(BTreePage.next(m, buffers.offset(buf)));
      } catch (RuntimeException e) {
        buffers.release(buf);
        throw e;
      }
      buffers.release(buf);
      buf = next;
      if (BTreePage.has(m, buffers.offset(buf), BTreePage.INCOMPLETE_SPLIT)) {
        int block = buffers.blockOf(buf);
        buffers.release(buf);
        completeSplit(block);
        return NO_BUFFER;
      }
    }
    return buf;
  }

  /// Adds an entry to a latched leaf where it belongs, and releases it. A split that this brings is
  /// completed if all that it needs is in memory.
  void addToLeaf(int buf, SearchKey position, byte[] key, long tid) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int length = BTreePage.LEAF_KEY + key.length;
    if (!BTreePage.fits(m, page, length) && BTreePage.has(m, page, BTreePage.HAS_GARBAGE)) {
      removeDead(buf);
    }
    int number = BTreePage.lowerBound(m, page, position);
    if (BTreePage.fits(m, page, length)) {
      BTreePage.insertLeaf(m, page, number, key, tid);
      WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.INSERT, 0);
      r.buffer(0, buf, STANDARD);
      r.blockData(0).putShort(number).putBytes(m, BTreePage.item(m, page, number), length);
      r.insert();
      buffers.release(buf);
      return;
    }
    int block = buffers.blockOf(buf);
    split(buf, number, BTreePage.leafItem(key, tid), NO_BUFFER);
    try {
      completeSplit(block);
    } catch (NotYet notYet) {
      // The entry is in; the next writer who comes by completes the split.
    }
  }

  private void removeDead(int buf) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    short[] numbers = new short[BTreePage.ITEMS_MAX];
    int n = 0;
    int count = BTreePage.count(m, page);
    for (int i = BTreePage.first(m, page); i <= count; i++) {
      if (BTreePage.isDead(m, page, i)) {
        numbers[n++] = (short) i;
      }
    }
    removeItems(buf, numbers, n);
  }

  /// Removes entries of a latched leaf.
  void removeItems(int buf, short[] numbers, int n) {
    if (n == 0) {
      return;
    }
    MemorySegment m = buffers.memory();
    BTreePage.remove(m, buffers.offset(buf), numbers, n);
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.DELETE, 0);
    r.buffer(0, buf, STANDARD);
    r.blockData(0).putShort(n);
    for (int i = 0; i < n; i++) {
      r.putShort(numbers[i]);
    }
    r.insert();
  }

  /// A page that is not in the tree, pinned and exclusively latched: one that was deleted long ago,
  /// or a new one at the end of the file. Its content is what the caller makes of it.
  private int newPage() {
    MemorySegment m = buffers.memory();
    while (true) {
      int block = state.takeFree(transactions::oldestXmin);
      if (block == BTreePage.NONE) {
        return buffers.extend(file, Fork.MAIN);
      }
      int buf;
      try {
        buf = buffers.pin(file, Fork.MAIN, block);
      } catch (NotYet notYet) {
        state.putBack(block);
        throw notYet;
      }
      // Only tried: the caller has latches, and in no order with this one. Whoever has it looks
      // whether the page can be used, or has found that already.
      if (buffers.tryLockExclusive(buf)) {
        if (isUsableAgain(m, buffers.offset(buf))) {
          return buf;
        }
        buffers.unlock(buf);
      }
      buffers.unpin(buf);
    }
  }

  /// A page of zeros is what a crash has left of an extension.
  private boolean isUsableAgain(MemorySegment m, long page) {
    return PageLayout.isNew(m, page)
        || (BTreePage.isDeleted(m, page)
            && BTreePage.deletionXid(m, page) < transactions.oldestXmin());
  }

  /// Splits a latched page, with a new item for it, and releases it. The left page stays marked as
  /// incomplete.
  ///
  /// @param child whose split the new item completes, latched and released by the caller; or
  ///   INVALID
  private void split(int buf, int number, byte[] item, int child) {
    MemorySegment m = buffers.memory();
    long left = buffers.offset(buf);
    int nextBlock = BTreePage.next(m, left);
    int next = NO_BUFFER;
    int right;
    try {
      if (nextBlock != BTreePage.NONE) {
        next = buffers.pin(file, Fork.MAIN, nextBlock);
      }
      right = newPage();
    } catch (RuntimeException e) {
      if (next != NO_BUFFER) {
        buffers.unpin(next);
      }
      buffers.release(buf);
      throw e;
    }
    if (next != NO_BUFFER) {
      buffers.lockExclusive(next);
    }
    MemorySegment old = BTreePage.copy(m, left);
    BTreeSplit split = new BTreeSplit(old, number, item);
    int leftBlock = buffers.blockOf(buf);
    int rightBlock = buffers.blockOf(right);
    byte[] newOnLeft = split.newItemOnLeft() ? item : NOTHING;
    split.buildRight(m, buffers.offset(right), leftBlock);
    BTreeSplit.buildLeft(
        m, left, old, split.firstRight, number, newOnLeft, split.separator, rightBlock);
    int cycle = state.cycle();
    BTreePage.setCycle(m, left, cycle);
    BTreePage.setCycle(m, buffers.offset(right), cycle);
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.SPLIT, 0);
    r.buffer(0, buf, STANDARD).buffer(1, right, STANDARD | FORCE_IMAGE);
    if (next != NO_BUFFER) {
      BTreePage.setPrev(m, buffers.offset(next), rightBlock);
      r.buffer(2, next, STANDARD);
    }
    if (child != NO_BUFFER) {
      BTreePage.clearFlag(m, buffers.offset(child), BTreePage.INCOMPLETE_SPLIT);
      r.buffer(3, child, STANDARD);
    }
    r.data().putShort(split.firstRight).putShort(number).putByte(newOnLeft.length > 0 ? 1 : 0);
    r.data().putInt(rightBlock).putInt(cycle);
    r.blockData(0).putShort(split.separator.length).putBytes(split.separator).putBytes(newOnLeft);
    r.insert();
    if (next != NO_BUFFER) {
      buffers.release(next);
    }
    buffers.release(right);
    buffers.release(buf);
  }

  /// Gives the right page of a split its downlink, and, if that splits the parent, goes on upwards.
  /// Does nothing when the split is complete already.
  ///
  /// @throws NotYet before the next of these steps
  void completeSplit(int block) {
    int above = block;
    while (above != BTreePage.NONE) {
      int left = latch(above);
      try {
        above = completeLatched(left);
      } finally {
        buffers.release(left);
      }
    }
  }

  /// Completes one level.
  ///
  /// @return the block of the parent when that was split in turn, else 0
  private int completeLatched(int left) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(left);
    if (!BTreePage.has(m, page, BTreePage.INCOMPLETE_SPLIT)) {
      return BTreePage.NONE;
    }
    byte[] highKey = BTreePage.copyItem(m, page, 1);
    byte[] key = new byte[highKey.length - BTreePage.PIVOT_KEY];
    System.arraycopy(highKey, BTreePage.PIVOT_KEY, key, 0, key.length);
    long tid = BTreePage.pivotTid(MemorySegment.ofArray(highKey), 0);
    byte[] downlink = BTreePage.pivotItem(BTreePage.next(m, page), key, key.length, tid);
    if (BTreePage.has(m, page, BTreePage.ROOT)) {
      newRoot(left, downlink);
      return BTreePage.NONE;
    }
    int parent = latchPage(new SearchKey(key, tid), BTreePage.level(m, page) + 1);
    long parentPage = buffers.offset(parent);
    int number = BTreePage.childNumber(m, parentPage, new SearchKey(key, tid));
    if (BTreePage.child(m, BTreePage.item(m, parentPage, number)) != buffers.blockOf(left)) {
      buffers.release(parent);
      throw PgException.error(
          SqlState.INDEX_CORRUPTED,
          "failed to re-find parent key in index file %s for split pages %d/%d",
          file,
          buffers.blockOf(left),
          BTreePage.next(m, page));
    }
    if (!BTreePage.fits(m, parentPage, downlink.length)) {
      int parentBlock = buffers.blockOf(parent);
      split(parent, number + 1, downlink, left);
      return parentBlock;
    }
    BTreePage.insert(m, parentPage, number + 1, downlink);
    BTreePage.clearFlag(m, page, BTreePage.INCOMPLETE_SPLIT);
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.INSERT, 0);
    r.buffer(0, parent, STANDARD).buffer(1, left, STANDARD);
    r.blockData(0).putShort(number + 1).putBytes(downlink);
    r.insert();
    buffers.release(parent);
    return BTreePage.NONE;
  }

  /// Puts a new root above the two halves of the old one.
  private void newRoot(int left, byte[] downlink) {
    int meta = buffers.pin(file, Fork.MAIN, BTreeReader.META_BLOCK);
    int root;
    try {
      root = newPage();
    } catch (RuntimeException e) {
      buffers.unpin(meta);
      throw e;
    }
    buffers.lockExclusive(meta);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(root);
    int level = BTreePage.level(m, buffers.offset(left)) + 1;
    BTreePage.init(m, page, level, BTreePage.ROOT);
    byte[] first = BTreePage.pivotItem(buffers.blockOf(left), NOTHING, 0, SearchKey.BEFORE_ALL);
    BTreePage.insert(m, page, 1, first);
    BTreePage.insert(m, page, 2, downlink);
    BTreePage.clearFlag(m, buffers.offset(left), BTreePage.INCOMPLETE_SPLIT | BTreePage.ROOT);
    BTreePage.setMeta(m, buffers.offset(meta), buffers.blockOf(root), level);
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.NEW_ROOT, 0);
    r.buffer(0, root, STANDARD | FORCE_IMAGE).buffer(1, left, STANDARD).buffer(2, meta, STANDARD);
    r.data().putInt(buffers.blockOf(root)).putInt(level);
    r.insert();
    state.setRoot(BTreeState.root(buffers.blockOf(root), level));
    buffers.release(meta);
    buffers.release(root);
  }

  /// The bytes of a leaf's key.
  static byte[] leafKey(MemorySegment m, long page, int number) {
    int length = BTreePage.itemLength(m, page, number) - BTreePage.LEAF_KEY;
    byte[] key = new byte[length];
    long at = BTreePage.item(m, page, number) + BTreePage.LEAF_KEY;
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at, key, 0, length);
    return key;
  }
}
