package dev.lifeline.access.nbtree;

import dev.lifeline.access.index.IndexScan;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A scan over a range of a B-tree.
///
/// It takes all matching entries of a page at once, under one shared latch, and then holds nothing.
/// Forward it goes on at the right sibling that the page had at that moment: what a later split
/// moves there was taken already. Backward it goes to the left sibling and from there right again,
/// past pages that have come in between.
final class BTreeScan implements IndexScan {
  private static final int INITIAL = 8;

  /// How far to the right of where it was a page is looked for that may have been split.
  private static final int STEPS_MAX = 4;

  private static final int ATTEMPTS_MAX = 10_000;

  private final BufferPool buffers;
  private final BTree tree;
  private final BTreeReader reader;
  private final boolean forward;

  private final SearchKey lower = new SearchKey();
  private final SearchKey upper = new SearchKey();
  private boolean bounded;

  // The entries of the page that was read last.
  private long[] tids = new long[INITIAL];
  private short[] numbers = new short[INITIAL];
  private int[] keyEnds = new int[INITIAL];
  private byte[] keys = new byte[8 * INITIAL];
  private int count;
  private int position;

  /// The page that they are from, 0 before the first, and its LSN at that time.
  private int block;

  private long pageLsn;

  /// Where to go on: a block, 0 when the range is exhausted.
  private int nextBlock;

  private short @Nullable [] killed;
  private int killedCount;

  /// For each entry that was taken whether the map of the table knows its row as visible to all;
  /// null where nobody wants to know.
  private boolean @Nullable [] visible;

  /// @param only whether [#allVisible] will be asked
  BTreeScan(BTree tree, boolean forward, boolean only) {
    this.tree = tree;
    this.visible = only ? new boolean[INITIAL] : null;
    this.buffers = tree.buffers();
    this.reader = tree.reader;
    this.forward = forward;
  }

  @Override
  public void rescan(
      byte @Nullable [] newLower,
      boolean lowerInclusive,
      byte @Nullable [] newUpper,
      boolean upperInclusive) {
    markKilled();
    if (newLower == null) {
      lower.setLowest();
    } else if (lowerInclusive) {
      lower.set(newLower, SearchKey.BEFORE_ALL);
    } else {
      setBehind(lower, newLower);
    }
    if (newUpper == null) {
      upper.setHighest();
    } else if (upperInclusive) {
      setBehind(upper, newUpper);
    } else {
      upper.set(newUpper, SearchKey.BEFORE_ALL);
    }
    bounded = newUpper != null;
    count = 0;
    position = -1;
    block = BTreePage.NONE;
    nextBlock = BTreePage.NONE;
  }

  /// Makes a bound the place behind all entries of a key: where they have values after the key,
  /// that is behind all that begin with it.
  private void setBehind(SearchKey bound, byte[] key) {
    if (!tree.storesValues()) {
      bound.set(key, SearchKey.AFTER_ALL);
      return;
    }
    int size = key.length;
    while (size > 0 && key[size - 1] == (byte) 0xFF) {
      size--;
    }
    if (size == 0) {
      bound.setHighest();
      return;
    }
    byte[] successor = Arrays.copyOf(key, size);
    successor[size - 1]++;
    bound.set(successor, SearchKey.BEFORE_ALL);
  }

  @Override
  public boolean next() {
    while (position + 1 >= count) {
      if (block != BTreePage.NONE && nextBlock == BTreePage.NONE) {
        position = count;
        return false;
      }
      markKilled();
      readNext();
    }
    position++;
    return true;
  }

  private void readNext() {
    int buf;
    if (block == BTreePage.NONE) {
      buf = reader.findLeaf(forward ? lower : upper);
    } else if (forward) {
      buf = reader.latch(nextBlock);
    } else {
      buf = latchLeftOf();
      if (buf == BufferPool.INVALID) {
        count = 0;
        position = -1;
        return;
      }
    }
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    boolean first = block == BTreePage.NONE;
    block = buffers.blockOf(buf);
    pageLsn = PageLayout.lsn(m, page);
    count = 0;
    position = -1;
    if (forward) {
      takeForward(m, page, first);
    } else {
      takeBackward(m, page, first);
    }
    int unknown = askVisible();
    buffers.release(buf);
    if (unknown >= 0) {
      tree.table().visible().prefetch(unknown);
    }
  }

  /// Asks the table's visibility map about the entries while their page is latched. As long as an
  /// entry is there, vacuum has not freed the line pointer that it leads to, and does not call the
  /// row's page visible to all for want of a dead row: so no answer is about a later row.
  ///
  /// @return a block that the map was not in memory for, or -1
  private int askVisible() {
    boolean[] answers = visible;
    if (answers == null) {
      return -1;
    }
    if (answers.length < count) {
      answers = new boolean[tids.length];
      visible = answers;
    }
    return tree.table().visible().ask(tids, count, answers);
  }

  @Override
  public boolean allVisible() {
    boolean[] answers = visible;
    return answers != null && answers[position];
  }

  /// The page to the left of the one read last, latched; INVALID where there is none.
  ///
  /// Its left sibling may have been split since: then the page is further right. Or the page itself
  /// has left the tree: then the first one to the right that is still in it inherited its range,
  /// and has the same left neighbour.
  private int latchLeftOf() {
    MemorySegment m = buffers.memory();
    for (int attempts = 0; attempts < ATTEMPTS_MAX; attempts++) {
      int left = nextBlock;
      for (int steps = 0; steps < STEPS_MAX && left != BTreePage.NONE; steps++) {
        int buf = reader.latch(left);
        long page = buffers.offset(buf);
        left = BTreePage.next(m, page);
        if (left == block && !BTreePage.isDeleted(m, page)) {
          return buf;
        }
        buffers.release(buf);
      }
      findLeftAgain();
      if (nextBlock == BTreePage.NONE) {
        return BufferPool.INVALID;
      }
    }
    throw PgException.error(
        SqlState.INDEX_CORRUPTED,
        "could not find left sibling of block %d in index file %s",
        block,
        tree.file());
  }

  /// Looks again what the left sibling is, of the page read last or of its heir.
  private void findLeftAgain() {
    MemorySegment m = buffers.memory();
    int at = block;
    while (true) {
      int buf = reader.latch(at);
      long page = buffers.offset(buf);
      boolean deleted = BTreePage.isDeleted(m, page);
      int prev = BTreePage.prev(m, page);
      int next = BTreePage.next(m, page);
      buffers.release(buf);
      if (!deleted) {
        block = at;
        nextBlock = prev;
        return;
      }
      at = next;
    }
  }

  private void takeForward(MemorySegment m, long page, boolean first) {
    int last = BTreePage.count(m, page);
    nextBlock = BTreePage.next(m, page);
    if (BTreePage.isDeleted(m, page)) {
      return;
    }
    int number = first ? BTreePage.lowerBound(m, page, lower) : BTreePage.first(m, page);
    for (; number <= last; number++) {
      if (bounded && compareTo(upper, m, page, number) < 0) {
        nextBlock = BTreePage.NONE;
        return;
      }
      take(m, page, number);
    }
    if (bounded && nextBlock != BTreePage.NONE && !BTreePage.belongsRight(m, page, upper)) {
      nextBlock = BTreePage.NONE;
    }
  }

  private void takeBackward(MemorySegment m, long page, boolean first) {
    int number =
        first && bounded ? BTreePage.lowerBound(m, page, upper) - 1 : BTreePage.count(m, page);
    nextBlock = BTreePage.prev(m, page);
    int lowest = BTreePage.first(m, page);
    for (; number >= lowest; number--) {
      if (compareTo(lower, m, page, number) > 0) {
        nextBlock = BTreePage.NONE;
        return;
      }
      take(m, page, number);
    }
  }

  private static int compareTo(SearchKey key, MemorySegment m, long page, int number) {
    long item = BTreePage.item(m, page, number);
    int length = BTreePage.itemLength(m, page, number) - BTreePage.LEAF_KEY;
    int order = key.compareKey(m, item + BTreePage.LEAF_KEY, length);
    return order != 0 ? order : Long.compare(key.tid, BTreePage.tid(m, item));
  }

  private void take(MemorySegment m, long page, int number) {
    if (BTreePage.isDead(m, page, number)) {
      return;
    }
    long item = BTreePage.item(m, page, number);
    int length = BTreePage.itemLength(m, page, number) - BTreePage.LEAF_KEY;
    int start = count == 0 ? 0 : keyEnds[count - 1];
    if (count == tids.length) {
      int more = Math.min(4 * count, BTreePage.ITEMS_MAX);
      tids = Arrays.copyOf(tids, more);
      numbers = Arrays.copyOf(numbers, more);
      keyEnds = Arrays.copyOf(keyEnds, more);
    }
    if (start + length > keys.length) {
      keys = Arrays.copyOf(keys, Math.max(start + length, 2 * keys.length));
    }
    tids[count] = BTreePage.tid(m, item);
    numbers[count] = (short) number;
    keyEnds[count] = start + length;
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, item + BTreePage.LEAF_KEY, keys, start, length);
    count++;
  }

  @Override
  public long tid() {
    return tids[position];
  }

  @Override
  public byte[] key() {
    int start = position == 0 ? 0 : keyEnds[position - 1];
    return Arrays.copyOfRange(keys, start, keyEnds[position]);
  }

  @Override
  public void kill() {
    short[] list = killed;
    if (list == null) {
      list = new short[BTreePage.ITEMS_MAX];
      killed = list;
    }
    if (killedCount < list.length) {
      list[killedCount++] = numbers[position];
    }
  }

  /// Marks killed entries on their page, if it is still as it was read: by its LSN nothing was
  /// added, removed or moved. A hint: where the page is gone from memory, it is not worth a read.
  private void markKilled() {
    short[] list = killed;
    if (killedCount == 0 || list == null) {
      return;
    }
    int buf = buffers.pinIfResident(tree.file(), Fork.MAIN, block);
    if (buf != BufferPool.INVALID) {
      buffers.lockShared(buf);
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      if (PageLayout.lsn(m, page) == pageLsn) {
        for (int i = 0; i < killedCount; i++) {
          BTreePage.markDead(m, page, list[i]);
        }
        buffers.setHint(buf);
      }
      buffers.release(buf);
    }
    killedCount = 0;
  }

  @Override
  public void close() {
    markKilled();
  }
}
