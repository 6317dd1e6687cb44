package dev.lifeline.access.transam;

import static dev.lifeline.storage.page.PageLayout.BYTE;
import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.PAGE_SIZE;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.common.PgLz;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// A record where the reader has it in memory.
final class WalRecordView implements WalRecord {
  private static final int BLOCKS_MAX = WalRecordBuilder.BLOCKS_MAX;
  private static final RelFileLocator NO_REL = new RelFileLocator(0, 1);

  private MemorySegment memory = Arena.global().allocate(0);
  private long lsn;
  private long endLsn;
  private long start;
  private int length;
  private int blocks;
  private long data;
  private int dataLength;

  private final boolean[] present = new boolean[BLOCKS_MAX];
  private final int[] flags = new int[BLOCKS_MAX];
  private final RelFileLocator[] rels = new RelFileLocator[BLOCKS_MAX];
  private final int[] numbers = new int[BLOCKS_MAX];
  private final int[] imageLengths = new int[BLOCKS_MAX];
  private final int[] holeOffsets = new int[BLOCKS_MAX];
  private final int[] holeLengths = new int[BLOCKS_MAX];
  private final long[] images = new long[BLOCKS_MAX];
  private final int[] dataLengths = new int[BLOCKS_MAX];
  private final long[] datas = new long[BLOCKS_MAX];

  /// In which buffer a look ahead has seen the block; [BufferPool#INVALID] when in none.
  private final int[] buffers = new int[BLOCKS_MAX];

  WalRecordView() {
    Arrays.fill(rels, NO_REL);
  }

  /// Takes a record apart.
  ///
  /// @return false when its parts do not add up to its length
  boolean parse(
      MemorySegment bytes, long from, int totalLength, long recordLsn, long recordEndLsn) {
    memory = bytes;
    start = from;
    length = totalLength;
    lsn = recordLsn;
    endLsn = recordEndLsn;
    blocks = memory.get(BYTE, from + WalFormat.BLOCKS) & 0xff;
    if (blocks > BLOCKS_MAX) {
      return false;
    }
    Arrays.fill(present, 0, BLOCKS_MAX, false);
    long end = from + totalLength;
    long at = parseHeaders(from + WalFormat.RECORD_HEADER, end);
    if (at < 0 || at + 4 > end) {
      return false;
    }
    dataLength = memory.get(INT, at);
    at += 4;
    for (int i = 0; i < blocks; i++) {
      if (present[i]) {
        images[i] = at;
        datas[i] = at + imageLengths[i];
        at = datas[i] + dataLengths[i];
      }
    }
    data = at;
    return dataLength >= 0 && at + dataLength == end;
  }

  /// The blocks' headers end where the first data would have to begin; how many there are, only
  /// their ids tell: they ascend up to the number of blocks less one.
  private long parseHeaders(long from, long end) {
    long at = from;
    RelFileLocator previous = null;
    int last = -1;
    while (last < blocks - 1) {
      if (at + 2 > end) {
        return -1;
      }
      int id = memory.get(BYTE, at);
      if (id <= last || id >= blocks) {
        return -1;
      }
      last = id;
      at = parseHeader(id, at + 1, end, previous);
      if (at < 0) {
        return -1;
      }
      previous = rels[id];
    }
    return at;
  }

  private long parseHeader(int id, long from, long end, @Nullable RelFileLocator previous) {
    long at = from;
    int bits = memory.get(BYTE, at++) & 0xff;
    if (at + 4 > end) {
      return -1;
    }
    present[id] = true;
    buffers[id] = BufferPool.INVALID;
    flags[id] = bits;
    dataLengths[id] = 0;
    imageLengths[id] = 0;
    if ((bits & WalFormat.HAS_DATA) != 0) {
      dataLengths[id] = memory.get(SHORT, at) & 0xffff;
      at += 2;
    }
    if ((bits & WalFormat.HAS_IMAGE) != 0) {
      imageLengths[id] = memory.get(SHORT, at) & 0xffff;
      holeOffsets[id] = memory.get(SHORT, at + 2) & 0xffff;
      holeLengths[id] = PAGE_SIZE - imageLengths[id];
      at += 4;
      if ((bits & WalFormat.COMPRESSED) != 0) {
        holeLengths[id] = memory.get(SHORT, at) & 0xffff;
        at += 2;
      }
    }
    if ((bits & WalFormat.SAME_REL) != 0) {
      if (previous == null) {
        return -1;
      }
      rels[id] = previous;
    } else {
      int dbOid = memory.get(INT, at);
      long relNumber = memory.get(LONG, at + 4);
      at += 12;
      if (rels[id].relNumber() != relNumber || rels[id].dbOid() != dbOid) {
        rels[id] = new RelFileLocator(dbOid, relNumber);
      }
    }
    numbers[id] = memory.get(INT, at);
    return at + 4;
  }

  /// Where a look ahead has seen a block, by which it is found sooner; it may have gone since.
  int seenIn(int blockId) {
    return buffers[blockId];
  }

  void setSeenIn(int blockId, int buffer) {
    buffers[blockId] = buffer;
  }

  /// Puts the full image into a page.
  void restore(int blockId, MemorySegment to, long page) {
    int hole = holeLengths[blockId];
    int length = PAGE_SIZE - hole;
    int before = hole == 0 ? length : holeOffsets[blockId];
    MemorySegment image = memory.asSlice(images[blockId], imageLengths[blockId]);
    if ((flags[blockId] & WalFormat.COMPRESSED) != 0) {
      image = MemorySegment.ofArray(PgLz.decompress(image.toArray(BYTE), length));
    }
    MemorySegment.copy(image, 0, to, page, before);
    to.asSlice(page + before, hole).fill((byte) 0);
    MemorySegment.copy(image, before, to, page + before + hole, (long) length - before);
  }

  @Override
  public long lsn() {
    return lsn;
  }

  @Override
  public long endLsn() {
    return endLsn;
  }

  @Override
  public long previousLsn() {
    return memory.get(LONG, start + WalFormat.PREVIOUS);
  }

  @Override
  public int rmgr() {
    return memory.get(BYTE, start + WalFormat.RMGR) & 0xff;
  }

  @Override
  public int info() {
    return memory.get(BYTE, start + WalFormat.INFO) & 0xff;
  }

  @Override
  public long xid() {
    return memory.get(LONG, start + WalFormat.XID);
  }

  @Override
  public int totalLength() {
    return length;
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public long dataOffset() {
    return data;
  }

  @Override
  public int dataLength() {
    return dataLength;
  }

  @Override
  public int blockCount() {
    return blocks;
  }

  @Override
  public boolean hasBlock(int blockId) {
    return blockId < blocks && present[blockId];
  }

  @Override
  public RelFileLocator rel(int blockId) {
    return rels[blockId];
  }

  @Override
  public Fork fork(int blockId) {
    return Fork.of(flags[blockId] & WalFormat.FORK_MASK);
  }

  @Override
  public int block(int blockId) {
    return numbers[blockId];
  }

  @Override
  public boolean hasImage(int blockId) {
    return (flags[blockId] & WalFormat.HAS_IMAGE) != 0;
  }

  @Override
  public int imageLength(int blockId) {
    return imageLengths[blockId];
  }

  @Override
  public int holeLength(int blockId) {
    return holeLengths[blockId];
  }

  @Override
  public int holeOffset(int blockId) {
    return holeOffsets[blockId];
  }

  @Override
  public boolean willInit(int blockId) {
    return (flags[blockId] & WalFormat.WILL_INIT) != 0;
  }

  @Override
  public long blockDataOffset(int blockId) {
    return datas[blockId];
  }

  @Override
  public int blockDataLength(int blockId) {
    return dataLengths[blockId];
  }
}
