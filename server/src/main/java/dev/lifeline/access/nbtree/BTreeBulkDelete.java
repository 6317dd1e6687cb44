package dev.lifeline.access.nbtree;

import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;

/// Removes the entries of dead rows from a B-tree: goes over the file in the order of its blocks,
/// and takes leaves out of the tree that have become empty.
///
/// A split that happens meanwhile may move entries to where the pass does not come by any more: to
/// a block that was free, in front of it. So splits leave the number of the pass, its cycle, on
/// their pages, and where the pass comes to a page that was split during its time, it follows the
/// right links to the blocks that it has passed. An old mark, of a pass before a crash say, costs
/// no more than a page visited twice.
final class BTreeBulkDelete implements BulkDelete {
  private final BTree tree;
  private final BufferPool buffers;
  private final DeadTids dead;
  private final short[] numbers = new short[BTreePage.ITEMS_MAX];
  private int cycle;
  private int block = 1;
  private int blocks;
  private int emptied;

  /// A block behind the pass that a page of it was split to, or NONE.
  private int splitTo = BTreePage.NONE;

  private long removed;
  private long remaining;
  private int deletedPages;
  private int freePages;
  private int reusablePages;

  BTreeBulkDelete(BTree tree, DeadTids dead) {
    this.tree = tree;
    this.buffers = tree.buffers();
    this.dead = dead;
    dead.sort();
  }

  @Override
  public boolean step() {
    tree.wal().reserve();
    if (cycle == 0) {
      // A mark must differ from those of before; this changes with every split.
      cycle = (int) tree.wal().insertLsn() | 1;
      tree.state.setCycle(cycle);
    }
    if (emptied != BTreePage.NONE) {
      if (tree.unlink.remove(emptied)) {
        deletedPages++;
      }
      emptied = BTreePage.NONE;
      return true;
    }
    if (splitTo != BTreePage.NONE) {
      visit(splitTo);
      return true;
    }
    if (block >= blocks) {
      blocks = tree.blocks();
      if (block >= blocks) {
        return false;
      }
    }
    visit(block);
    block++;
    return true;
  }

  private void visit(int visited) {
    int buf = buffers.pin(tree.file(), Fork.MAIN, visited);
    buffers.lockExclusive(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    splitTo = BTreePage.NONE;
    if (PageLayout.isNew(m, page)) {
      free(visited, 0);
    } else if (BTreePage.isDeleted(m, page)) {
      free(visited, BTreePage.deletionXid(m, page));
    } else if (BTreePage.isLeaf(m, page)) {
      removeFrom(buf, visited == block);
      if (BTreePage.isEmpty(m, page) && !BTreePage.isRightmost(m, page)) {
        emptied = visited;
      }
      int next = BTreePage.next(m, page);
      if (BTreePage.cycle(m, page) == cycle && next < block) {
        splitTo = next;
      }
    }
    buffers.release(buf);
  }

  private void free(int freeBlock, long deletionXid) {
    tree.state.addFree(freeBlock, deletionXid);
    freePages++;
    if (deletionXid < tree.transactions().oldestXmin()) {
      reusablePages++;
    }
  }

  private void removeFrom(int buf, boolean counts) {
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    int n = 0;
    int count = BTreePage.count(m, page);
    int first = BTreePage.first(m, page);
    for (int i = first; i <= count; i++) {
      if (dead.contains(BTreePage.tid(m, BTreePage.item(m, page, i)))) {
        numbers[n++] = (short) i;
      }
    }
    tree.writer.removeItems(buf, numbers, n);
    removed += n;
    if (counts) {
      remaining += count - first + 1 - n;
    }
  }

  @Override
  public long removed() {
    return removed;
  }

  @Override
  public long remaining() {
    return remaining;
  }

  @Override
  public int pages() {
    return Math.max(blocks, block);
  }

  @Override
  public int deletedPages() {
    return deletedPages;
  }

  @Override
  public int freePages() {
    return freePages + deletedPages;
  }

  @Override
  public int reusablePages() {
    return reusablePages;
  }
}
