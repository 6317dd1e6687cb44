package dev.lifeline.access.nbtree;

import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import java.lang.foreign.MemorySegment;

/// Removes the entries of dead rows from a B-tree: goes over the file in the order of its blocks.
///
/// A split that happens meanwhile moves entries to a new block, and new blocks are always at the
/// end: so whatever moves moves to where the pass still comes by, as long as it asks for the length
/// again at the end.
final class BTreeBulkDelete implements BulkDelete {
  private final BTree tree;
  private final BufferPool buffers;
  private final DeadTids dead;
  private final short[] numbers = new short[BTreePage.ITEMS_MAX];
  private int block = 1;
  private int blocks;
  private long removed;
  private long remaining;

  BTreeBulkDelete(BTree tree, DeadTids dead) {
    this.tree = tree;
    this.buffers = tree.buffers();
    this.dead = dead;
    dead.sort();
  }

  @Override
  public boolean step() {
    if (block >= blocks) {
      blocks = tree.blocks();
      if (block >= blocks) {
        return false;
      }
    }
    tree.wal().reserve();
    int buf = buffers.pin(tree.file(), Fork.MAIN, block);
    buffers.lockExclusive(buf);
    MemorySegment m = buffers.memory();
    long page = buffers.offset(buf);
    if (!PageLayout.isNew(m, page) && BTreePage.isLeaf(m, page)) {
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
      remaining += count - first + 1 - n;
    }
    buffers.release(buf);
    block++;
    return true;
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
}
