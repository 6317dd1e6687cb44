package dev.lifeline.access.nbtree;

import static dev.lifeline.access.transam.WalRecordBuilder.STANDARD;
import static dev.lifeline.access.transam.WalRecordBuilder.WILL_INIT;
import static dev.lifeline.storage.page.PageLayout.BYTE;
import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.storage.buffer.BufferPool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Takes an empty leaf out of the tree.
///
/// Its right sibling inherits its range of keys: in the parent the downlink of the leaf is made to
/// lead to the sibling, whose own downlink goes. So both must have the same parent. Where the leaf
/// is its parent's only child, the parent goes with it, by the same rule one level up, and so on.
///
/// PostgreSQL does this in two steps, with a leaf that is half-dead in between, to hold few latches
/// at a time. Here all pages of the change (the leaf with its siblings, then the same for each
/// level that goes, then the parent) are latched from the leaves up and from left to right, the
/// order of all who hold several, and changed under one WAL record: a crash finds the leaf in the
/// tree or out of it.
///
/// The page itself stays as a signpost: a search or a scan that has still its number finds the link
/// to the right. It is used again when every transaction that ran at that time is over.
final class BTreeUnlink {
  /// Levels that may go at once; a tree has hardly more.
  private static final int LEVELS_MAX = 8;

  /// How far the left sibling is looked for, where that has been split meanwhile.
  private static final int STEPS_MAX = 8;

  private final BufferPool buffers;
  private final Wal wal;
  private final Transactions transactions;
  private final BTreeState state;
  private final BTreeReader reader;
  private final BTreeWriter writer;

  BTreeUnlink(BTreeAccess access, BTreeState state, BTreeReader reader, BTreeWriter writer) {
    this.buffers = access.buffers();
    this.wal = access.wal();
    this.transactions = access.heap().shared().transactions();
    this.state = state;
    this.reader = reader;
    this.writer = writer;
  }

  /// A page that goes, with its siblings: all latched.
  private record Going(int left, int page, int right) {}

  /// What is latched so far, in the order in which it was.
  private final class Latched {
    private final List<Integer> all = new ArrayList<>();
    private final List<Going> levels = new ArrayList<>();

    int add(int buf) {
      all.add(buf);
      return buf;
    }

    void release() {
      all.reversed().forEach(buffers::release);
      all.clear();
      levels.clear();
    }
  }

  /// Removes a leaf, if it is empty and can be removed.
  ///
  /// @return whether it was
  /// @throws dev.lifeline.utils.NotYet before anything was changed
  boolean remove(int block) {
    Latched latched = new Latched();
    try {
      return tryRemove(block, latched);
    } finally {
      latched.release();
    }
  }

  private boolean tryRemove(int leaf, Latched latched) {
    MemorySegment m = buffers.memory();
    SearchKey key = new SearchKey();
    int block = leaf;
    for (int level = 0; level < LEVELS_MAX; level++) {
      if (!latch(block, level, latched)) {
        return false;
      }
      if (level == 0) {
        rangeOf(latched.levels.getFirst(), key);
      }
      int parent = writer.latchPage(key, level + 1);
      long page = buffers.offset(parent);
      int number = BTreePage.childNumber(m, page, key);
      int count = BTreePage.count(m, page);
      Going going = latched.levels.getLast();
      if (BTreePage.child(m, BTreePage.item(m, page, number)) != block) {
        buffers.release(parent);
        return false;
      }
      if (number < count) {
        latched.add(parent);
        int right = BTreePage.child(m, BTreePage.item(m, page, number + 1));
        if (right != buffers.blockOf(going.right)) {
          return false;
        }
        unlink(parent, number, latched.levels);
        return true;
      }
      boolean onlyChild = number == BTreePage.first(m, page);
      block = buffers.blockOf(parent);
      // Its left sibling must be latched before it. It stays the only child's parent meanwhile,
      // because the child is latched.
      buffers.release(parent);
      if (!onlyChild) {
        return false;
      }
    }
    return false;
  }

  /// A key within the range of the leaf: the lower end of it.
  private void rangeOf(Going going, SearchKey key) {
    if (going.left == BufferPool.INVALID) {
      key.setLowest();
      return;
    }
    MemorySegment m = buffers.memory();
    byte[] pivot = BTreePage.copyItem(m, buffers.offset(going.left), 1);
    byte[] bytes = Arrays.copyOfRange(pivot, BTreePage.PIVOT_KEY, pivot.length);
    key.set(bytes, BTreePage.pivotTid(MemorySegment.ofArray(pivot), 0));
  }

  /// Latches a page and its siblings.
  ///
  /// @return false where it cannot go
  private boolean latch(int block, int level, Latched latched) {
    MemorySegment m = buffers.memory();
    int look = reader.latch(block);
    boolean can = canGo(buffers.offset(look), level);
    int prev = BTreePage.prev(m, buffers.offset(look));
    buffers.release(look);
    if (!can) {
      return false;
    }
    int left = BufferPool.INVALID;
    if (prev != BTreePage.NONE) {
      left = latchLeft(prev, block);
      if (left == BufferPool.INVALID) {
        return false;
      }
      latched.add(left);
    }
    int buf = latched.add(writer.latch(block));
    long page = buffers.offset(buf);
    int leftBlock = left == BufferPool.INVALID ? BTreePage.NONE : buffers.blockOf(left);
    if (!canGo(page, level) || BTreePage.prev(m, page) != leftBlock) {
      return false;
    }
    int right = latched.add(writer.latch(BTreePage.next(m, page)));
    latched.levels.add(new Going(left, buf, right));
    return true;
  }

  private boolean canGo(long page, int level) {
    MemorySegment m = buffers.memory();
    int refused = BTreePage.DELETED | BTreePage.ROOT | BTreePage.INCOMPLETE_SPLIT;
    if (BTreePage.has(m, page, refused)
        || BTreePage.level(m, page) != level
        || BTreePage.isRightmost(m, page)) {
      return false;
    }
    return level > 0 || BTreePage.isEmpty(m, page);
  }

  /// The page whose right sibling is the given one, latched; INVALID where it is not found soon, or
  /// where it was split and the given page has therefore no downlink yet.
  private int latchLeft(int from, int block) {
    MemorySegment m = buffers.memory();
    int next = from;
    for (int i = 0; i < STEPS_MAX && next != BTreePage.NONE; i++) {
      int buf = writer.latch(next);
      long page = buffers.offset(buf);
      next = BTreePage.next(m, page);
      boolean found = next == block && !BTreePage.isDeleted(m, page);
      if (found && !BTreePage.has(m, page, BTreePage.INCOMPLETE_SPLIT)) {
        return buf;
      }
      buffers.release(buf);
      if (found) {
        return BufferPool.INVALID;
      }
    }
    return BufferPool.INVALID;
  }

  private void unlink(int parent, int number, List<Going> levels) {
    MemorySegment m = buffers.memory();
    long xid = transactions.nextXid();
    int heir = buffers.blockOf(levels.getLast().right);
    WalRecordBuilder r = wal.begin(Rmgr.BTREE, BTreeRecord.UNLINK, 0);
    inherit(m, buffers.offset(parent), number, heir);
    r.buffer(0, parent, STANDARD);
    for (int level = 0; level < levels.size(); level++) {
      Going going = levels.get(level);
      int right = buffers.blockOf(going.right);
      int left = BTreePage.NONE;
      if (going.left != BufferPool.INVALID) {
        left = buffers.blockOf(going.left);
        BTreePage.setNext(m, buffers.offset(going.left), right);
        r.buffer(3 * level + 2, going.left, STANDARD);
      }
      BTreePage.setPrev(m, buffers.offset(going.right), left);
      r.buffer(3 * level + 3, going.right, STANDARD);
      BTreePage.initDeleted(m, buffers.offset(going.page), level, left, right, xid);
      r.buffer(3 * level + 1, going.page, STANDARD | WILL_INIT);
    }
    r.data().putByte(levels.size()).putLong(xid);
    for (Going going : levels) {
      long page = buffers.offset(going.page);
      r.putInt(BTreePage.prev(m, page)).putInt(BTreePage.next(m, page));
    }
    r.blockData(0).putShort(number).putInt(heir);
    r.insert();
    for (Going going : levels) {
      state.addFree(buffers.blockOf(going.page), xid);
    }
  }

  /// Gives the range of a child to the one after it.
  private static void inherit(MemorySegment m, long parent, int number, int heir) {
    BTreePage.setChild(m, BTreePage.item(m, parent, number), heir);
    BTreePage.remove(m, parent, new short[] {(short) (number + 1)}, 1);
  }

  static void redo(WalRecord record, RedoContext context) {
    MemorySegment log = record.memory();
    MemorySegment m = context.memory();
    long data = record.dataOffset();
    int levels = log.get(BYTE, data);
    long xid = log.get(LONG, data + 1);
    for (int level = 0; level < levels; level++) {
      long siblings = data + 9 + 8L * level;
      int left = log.get(INT, siblings);
      int right = log.get(INT, siblings + 4);
      int id = 3 * level + 1;
      if (context.needsRedo(id)) {
        BTreePage.initDeleted(m, context.page(id), level, left, right, xid);
      }
      if (record.hasBlock(id + 1) && context.needsRedo(id + 1)) {
        BTreePage.setNext(m, context.page(id + 1), right);
      }
      if (context.needsRedo(id + 2)) {
        BTreePage.setPrev(m, context.page(id + 2), left);
      }
    }
    if (context.needsRedo(0)) {
      long at = record.blockDataOffset(0);
      inherit(m, context.page(0), log.get(SHORT, at) & 0xffff, log.get(INT, at + 2));
    }
  }
}
