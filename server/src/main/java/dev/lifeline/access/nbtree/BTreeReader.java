package dev.lifeline.access.nbtree;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;

/// Descends a tree for reading, one shared latch at a time.
///
/// Between two pages nothing is held: a page that was split meanwhile still leads to the entries
/// that it gave away, by its right link. A miss throws NotYet; the search then begins again at the
/// root, whose way down is in memory by now.
final class BTreeReader {
  static final int META_BLOCK = 0;

  private final BufferPool buffers;
  private final RelFileLocator file;
  private final BTreeState state;

  BTreeReader(BufferPool buffers, RelFileLocator file, BTreeState state) {
    this.buffers = buffers;
    this.file = file;
    this.state = state;
  }

  /// The root as it is known, read from the meta page the first time.
  long root() {
    long known = state.root();
    return known != BTreeState.UNKNOWN ? known : readMeta();
  }

  /// Reads the meta page: the known root is not the root any more.
  long readMeta() {
    int buf = buffers.pin(file, Fork.MAIN, META_BLOCK);
    buffers.lockShared(buf);
    try {
      MemorySegment m = buffers.memory();
      long page = buffers.offset(buf);
      if (!BTreePage.isMeta(m, page)) {
        throw PgException.error(SqlState.INDEX_CORRUPTED, "index file \"%s\" is not a btree", file);
      }
      long root = BTreeState.root(BTreePage.metaRoot(m, page), BTreePage.metaLevel(m, page));
      state.setRoot(root);
      return root;
    } finally {
      buffers.release(buf);
    }
  }

  /// Pins and latches, shared, the leaf where the key belongs.
  int findLeaf(SearchKey key) {
    long root = root();
    int block = BTreeState.block(root);
    int level = BTreeState.level(root);
    MemorySegment m = buffers.memory();
    boolean atRoot = true;
    while (true) {
      int buf = latch(block);
      long page = buffers.offset(buf);
      if (atRoot && !BTreePage.has(m, page, BTreePage.ROOT)) {
        buffers.release(buf);
        root = otherRoot(root);
        block = BTreeState.block(root);
        level = BTreeState.level(root);
        continue;
      }
      atRoot = false;
      while (BTreePage.belongsRight(m, page, key)) {
        int next = BTreePage.next(m, page);
        buffers.release(buf);
        buf = latch(next);
        page = buffers.offset(buf);
      }
      if (level == 0) {
        return buf;
      }
      block = BTreePage.child(m, BTreePage.item(m, page, BTreePage.childNumber(m, page, key)));
      level--;
      buffers.release(buf);
    }
  }

  /// The root that has come into the place of one that is none any more. Where the meta page still
  /// names that one, a write of either page was lost.
  private long otherRoot(long before) {
    long root = readMeta();
    if (root == before) {
      throw PgException.error(
          SqlState.INDEX_CORRUPTED, "no live root page found in index \"%s\"", file);
    }
    return root;
  }

  /// Pins and latches a page, shared.
  int latch(int block) {
    int buf = buffers.pin(file, Fork.MAIN, block);
    buffers.lockShared(buf);
    return buf;
  }
}
