package dev.lifeline.access.nbtree;

import dev.lifeline.access.heap.HeapTable;
import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexEntry;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.Transactions;
import dev.lifeline.access.transam.Wal;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// An opened B-tree.
public final class BTree implements Index {
  private static final long IN_DOUBT = Long.MIN_VALUE;

  private final RelFileLocator file;
  private final int relation;
  private final String name;
  private final HeapTable table;
  private final boolean storesValues;
  private final BufferPool buffers;
  private final Wal wal;
  private final Transactions transactions;
  final BTreeReader reader;
  final BTreeWriter writer;
  final BTreeUnlink unlink;
  final BTreeState state;

  BTree(
      BTreeAccess access,
      RelFileLocator file,
      int relation,
      String name,
      HeapTable table,
      BTreeState state,
      boolean storesValues) {
    this.file = file;
    this.relation = relation;
    this.name = name;
    this.table = table;
    this.storesValues = storesValues;
    this.buffers = access.buffers();
    this.wal = access.wal();
    this.transactions = access.heap().shared().transactions();
    this.reader = new BTreeReader(buffers, file, state);
    this.writer = new BTreeWriter(access, file, state, reader);
    this.unlink = new BTreeUnlink(access, state, reader, writer);
    this.state = state;
  }

  @Override
  public RelFileLocator file() {
    return file;
  }

  @Override
  public int relation() {
    return relation;
  }

  @Override
  public int blocks() {
    return buffers.blocks(file, Fork.MAIN);
  }

  HeapTable table() {
    return table;
  }

  boolean storesValues() {
    return storesValues;
  }

  /// The length of the key in the bytes of an entry.
  int keyLength(byte[] entry) {
    return storesValues ? IndexEntry.keyLength(entry) : entry.length;
  }

  Wal wal() {
    return wal;
  }

  Transactions transactions() {
    return transactions;
  }

  BufferPool buffers() {
    return buffers;
  }

  void checkSize(byte[] key, long tid) {
    int size = BTreePage.LEAF_KEY + key.length;
    if (size > BTreePage.ITEM_SIZE_MAX) {
      throw PgException.error(
              SqlState.PROGRAM_LIMIT_EXCEEDED,
              "index row size %d exceeds btree version 4 maximum %d for index \"%s\"",
              size,
              BTreePage.ITEM_SIZE_MAX,
              name)
          .detail(
              "Index row references tuple %s in relation with OID %d.",
              Tid.format(tid), table.relation())
          .hint(
              "Values larger than 1/3 of a buffer page cannot be indexed.\n"
                  + "Consider a function index of an MD5 hash of the value, "
                  + "or use full text indexing.");
    }
  }

  @Override
  public long insert(Xact xact, byte[] key, long tid, UniqueCheck check) {
    checkSize(key, tid);
    wal.reserve();
    SearchKey position = new SearchKey(key, tid);
    SearchKey alike = storesValues ? keyOnly(key) : position;
    boolean unique = check != UniqueCheck.NO;
    while (true) {
      alike.tid = unique ? SearchKey.BEFORE_ALL : tid;
      int buf = writer.latchPage(unique ? alike : position, 0);
      if (unique) {
        long verdict;
        try {
          verdict = findConflict(xact, buf, alike);
        } catch (RuntimeException e) {
          buffers.release(buf);
          throw e;
        }
        if (verdict != NO_CONFLICT) {
          buffers.release(buf);
          if (verdict > 0) {
            return verdict;
          }
          long other = verdict - IN_DOUBT;
          if (check == UniqueCheck.PARTIAL) {
            return other;
          }
          table.awaitDecision(xact, other);
          continue;
        }
        position.tid = tid;
        buf = writer.moveRightCoupled(buf, position);
        if (buf == BufferPool.INVALID) {
          continue;
        }
      }
      writer.addToLeaf(buf, position, key, tid);
      return NO_CONFLICT;
    }
  }

  private static SearchKey keyOnly(byte[] entry) {
    return new SearchKey(Arrays.copyOf(entry, IndexEntry.keyLength(entry)), SearchKey.BEFORE_ALL);
  }

  /// Whether an item has the key that is looked for.
  private boolean hasKey(SearchKey position, MemorySegment m, long at, int length) {
    return storesValues
        ? position.isBeginningOf(m, at, length)
        : position.compareKey(m, at, length) == 0;
  }

  /// Looks for a row with the same key that is there for good. The first leaf where one could be
  /// stays latched, so that nobody adds one meanwhile.
  ///
  /// @return NO_CONFLICT, the tid of such a row, or IN_DOUBT plus the tid of one that a running
  ///   transaction decides about
  private long findConflict(Xact xact, int firstLeaf, SearchKey position) {
    MemorySegment m = buffers.memory();
    int buf = firstLeaf;
    try {
      while (true) {
        long page = buffers.offset(buf);
        int count = BTreePage.count(m, page);
        for (int i = BTreePage.lowerBound(m, page, position); i <= count; i++) {
          long item = BTreePage.item(m, page, i);
          int keyLength = BTreePage.itemLength(m, page, i) - BTreePage.LEAF_KEY;
          if (!hasKey(position, m, item + BTreePage.LEAF_KEY, keyLength)) {
            return NO_CONFLICT;
          }
          if (!BTreePage.isDead(m, page, i)) {
            long other = BTreePage.tid(m, item);
            long verdict = table.checkUnique(xact, other);
            if (verdict != HeapTable.GONE) {
              return verdict == HeapTable.THERE ? other : IN_DOUBT + other;
            }
          }
        }
        if (!continuesRight(m, page, position)) {
          return NO_CONFLICT;
        }
        int next = BTreePage.next(m, page);
        if (buf != firstLeaf) {
          int done = buf;
          buf = firstLeaf;
          buffers.release(done);
        }
        buf = reader.latch(next);
      }
    } finally {
      if (buf != firstLeaf) {
        buffers.release(buf);
      }
    }
  }

  /// Whether entries with the same key may be on the page to the right.
  private boolean continuesRight(MemorySegment m, long page, SearchKey position) {
    if (BTreePage.isDeleted(m, page) || BTreePage.isRightmost(m, page)) {
      return BTreePage.isDeleted(m, page);
    }
    long highKey = BTreePage.item(m, page, 1);
    int length = BTreePage.itemLength(m, page, 1) - BTreePage.PIVOT_KEY;
    long at = highKey + BTreePage.PIVOT_KEY;
    return position.compareKey(m, at, length) >= 0 || hasKey(position, m, at, length);
  }

  @Override
  public IndexScan scan(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive,
      boolean forward) {
    BTreeScan scan = new BTreeScan(this, forward, false);
    scan.rescan(lower, lowerInclusive, upper, upperInclusive);
    return scan;
  }

  @Override
  public IndexScan scanOnly(
      byte @Nullable [] lower,
      boolean lowerInclusive,
      byte @Nullable [] upper,
      boolean upperInclusive,
      boolean forward) {
    BTreeScan scan = new BTreeScan(this, forward, true);
    scan.rescan(lower, lowerInclusive, upper, upperInclusive);
    return scan;
  }

  @Override
  public BulkDelete bulkDelete(DeadTids dead) {
    return new BTreeBulkDelete(this, dead);
  }
}
