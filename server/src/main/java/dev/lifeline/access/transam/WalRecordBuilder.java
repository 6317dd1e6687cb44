package dev.lifeline.access.transam;

import static dev.lifeline.storage.page.PageLayout.BYTE;
import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.PAGE_SIZE;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.common.PgLz;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.ForkFile;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Builds one WAL record, as `xloginsert.c` does. Comes from [Wal#begin]; ends with [#insert].
/// Between the two nothing may suspend.
///
/// ```java
/// WalRecordBuilder r = wal.begin(Rmgr.HEAP, INSERT, xid);
/// r.buffer(0, buf, WalRecordBuilder.STANDARD);
/// r.blockData(0).putShort(offset).putBytes(page, tupleAt, length);
/// r.data().putInt(flags);
/// r.insert();
/// ```
///
/// Data for a block is left out when the record has the block's full image, unless [#KEEP_DATA]
/// says that redo wants it anyway. Each block's data, and the record's own, is put in one go.
public final class WalRecordBuilder {
  /// The page has the standard layout: the hole between lower and upper is not logged.
  public static final int STANDARD = 1;

  /// Redo builds the page from nothing: no full image is ever needed.
  public static final int WILL_INIT = 2;

  /// Log the full image, whether or not it is the first change after a checkpoint.
  public static final int FORCE_IMAGE = 4;

  /// Redo needs no image of this page, for it only changes what does not depend on the rest of it.
  public static final int NO_IMAGE = 8;

  /// Keep the block's data beside its full image.
  public static final int KEEP_DATA = 16;

  /// Blocks that one record may have.
  public static final int BLOCKS_MAX = 32;

  private static final int MAIN = BLOCKS_MAX;

  /// The longest header of a block.
  private static final int BLOCK_HEADER_MAX = 28;

  private final Wal wal;
  private final Arena arena;
  private final CRC32C crc = new CRC32C();
  private MemorySegment data;
  private MemorySegment record;
  private ByteBuffer header;
  private ByteBuffer body;

  private int rmgr;
  private int info;
  private long xid;
  private boolean commit;
  private int blocks;
  private int dataEnd;
  private int target;
  private int length;

  private final int[] bufs = new int[BLOCKS_MAX];
  private final int[] flags = new int[BLOCKS_MAX];
  private final boolean[] registered = new boolean[BLOCKS_MAX];
  private final int[] dataFrom = new int[BLOCKS_MAX + 1];
  private final int[] dataTo = new int[BLOCKS_MAX + 1];
  private final long[] start = new long[1];
  private final boolean[] imaged = new boolean[BLOCKS_MAX];

  /// The images that are worth compressing, compressed.
  private final byte[] @Nullable [] packed = new byte[BLOCKS_MAX][];

  WalRecordBuilder(Wal wal, Arena arena) {
    this.wal = wal;
    this.arena = arena;
    data = arena.allocate(PAGE_SIZE, 8);
    record = arena.allocate(2L * PAGE_SIZE, 8);
    body = record.asByteBuffer();
    header = record.asSlice(0, WalFormat.CRC).asByteBuffer();
  }

  WalRecordBuilder begin(int rmgrId, int recordInfo, long recordXid) {
    rmgr = rmgrId;
    info = recordInfo;
    xid = recordXid;
    commit = false;
    for (int i = 0; i < blocks; i++) {
      registered[i] = false;
      dataFrom[i] = 0;
      dataTo[i] = 0;
    }
    dataFrom[MAIN] = 0;
    dataTo[MAIN] = 0;
    blocks = 0;
    dataEnd = 0;
    target = MAIN;
    return this;
  }

  /// Registers a pinned and exclusively latched buffer whose change the record describes. The page
  /// must already be changed.
  public WalRecordBuilder buffer(int blockId, int buf, int bufferFlags) {
    if (registered[blockId]) {
      throw new IllegalStateException("block " + blockId + " is registered already");
    }
    registered[blockId] = true;
    bufs[blockId] = buf;
    flags[blockId] = bufferFlags;
    blocks = Math.max(blocks, blockId + 1);
    return this;
  }

  /// Directs the `put` methods to the record's own data.
  public WalRecordBuilder data() {
    return putTo(MAIN);
  }

  /// Directs the `put` methods to the data of a registered block.
  public WalRecordBuilder blockData(int blockId) {
    if (!registered[blockId]) {
      throw new IllegalStateException("block " + blockId + " is not registered");
    }
    return putTo(blockId);
  }

  private WalRecordBuilder putTo(int newTarget) {
    if (dataTo[newTarget] == dataFrom[newTarget]) {
      dataFrom[newTarget] = dataEnd;
      dataTo[newTarget] = dataEnd;
    } else if (dataTo[newTarget] != dataEnd) {
      throw new IllegalStateException("data of a WAL record must be put in one go");
    }
    target = newTarget;
    return this;
  }

  /// This record ends a transaction that somebody may wait for: counted for the group commit's
  /// event.
  WalRecordBuilder asCommit() {
    commit = true;
    return this;
  }

  private long room(int bytes) {
    if (dataEnd + bytes > data.byteSize()) {
      MemorySegment bigger = arena.allocate(Long.highestOneBit((long) dataEnd + bytes) * 2, 8);
      MemorySegment.copy(data, 0, bigger, 0, dataEnd);
      data = bigger;
    }
    if (dataTo[target] != dataEnd) {
      putTo(target);
    }
    int at = dataEnd;
    dataEnd += bytes;
    dataTo[target] = dataEnd;
    return at;
  }

  public WalRecordBuilder putByte(int value) {
    data.set(BYTE, room(1), (byte) value);
    return this;
  }

  public WalRecordBuilder putShort(int value) {
    long at = room(2);
    data.set(SHORT, at, (short) value);
    return this;
  }

  public WalRecordBuilder putInt(int value) {
    long at = room(4);
    data.set(INT, at, value);
    return this;
  }

  public WalRecordBuilder putLong(long value) {
    long at = room(8);
    data.set(LONG, at, value);
    return this;
  }

  public WalRecordBuilder putBytes(MemorySegment from, long offset, int count) {
    long at = room(count);
    MemorySegment.copy(from, offset, data, at, count);
    return this;
  }

  public WalRecordBuilder putBytes(byte[] bytes) {
    long at = room(bytes.length);
    MemorySegment.copy(bytes, 0, data, BYTE, at, bytes.length);
    return this;
  }

  /// Puts the record into the WAL buffers, marks its buffers dirty and sets the LSN of their pages.
  ///
  /// Dirty comes first: a checkpoint that moves the redo point behind this record must find them
  /// so.
  ///
  /// @return the end of the record: what has to be flushed for it to be durable
  public long insert() {
    long end = put();
    wal.giveBack(this);
    return end;
  }

  /// Where a record is.
  record Range(long startLsn, long endLsn) {}

  /// As [#insert], for who has to find the record again.
  Range insertAndLocate() {
    long end = put();
    Range range = new Range(start[0], end);
    wal.giveBack(this);
    return range;
  }

  private long put() {
    BufferPool pool = wal.pool();
    for (int i = 0; i < blocks; i++) {
      if (registered[i]) {
        pool.markDirty(bufs[i]);
      }
    }
    WalBuffers buffers = wal.buffers();
    long end;
    do {
      long redo = buffers.redoLsn();
      assemble(pool, redo);
      crc.reset();
      body.limit(length).position(WalFormat.RECORD_HEADER);
      crc.update(body);
      end = buffers.append(record, length, header, crc, redo, commit, start);
    } while (end == WalBuffers.REDO_MOVED);
    int images = 0;
    for (int i = 0; i < blocks; i++) {
      if (registered[i]) {
        images += imaged[i] ? 1 : 0;
        PageLayout.setLsn(pool.memory(), pool.offset(bufs[i]), end);
      }
    }
    wal.count(length, images);
    return end;
  }

  private void assemble(BufferPool pool, long redo) {
    int needed = WalFormat.RECORD_HEADER + 4 + dataEnd;
    for (int i = 0; i < blocks; i++) {
      if (registered[i]) {
        imaged[i] = needsImage(pool, i, redo);
        packed[i] = imaged[i] && wal.compression() ? pack(pool, i) : null;
        needed += BLOCK_HEADER_MAX + (imaged[i] ? PAGE_SIZE : 0);
      }
    }
    ensureRecord(needed);
    int at = putBlockHeaders(pool);
    record.set(INT, at, dataTo[MAIN] - dataFrom[MAIN]);
    at += 4;
    for (int i = 0; i < blocks; i++) {
      if (registered[i]) {
        at = imaged[i] ? putImage(pool, i, at) : at;
        at = hasData(i) ? putData(i, at) : at;
      }
    }
    at = putData(MAIN, at);
    length = at;
    record.set(INT, WalFormat.LENGTH, length);
    record.set(LONG, WalFormat.XID, xid);
    record.set(BYTE, WalFormat.INFO, (byte) info);
    record.set(BYTE, WalFormat.RMGR, (byte) rmgr);
    record.set(BYTE, WalFormat.BLOCKS, (byte) blocks);
    record.set(BYTE, WalFormat.BLOCKS + 1, (byte) 0);
  }

  private void ensureRecord(int needed) {
    if (needed > record.byteSize()) {
      record = arena.allocate(Long.highestOneBit(needed) * 2L, 8);
      body = record.asByteBuffer();
      header = record.asSlice(0, WalFormat.CRC).asByteBuffer();
    }
  }

  private boolean needsImage(BufferPool pool, int i, long redo) {
    if ((flags[i] & FORCE_IMAGE) != 0) {
      return true;
    }
    if ((flags[i] & (WILL_INIT | NO_IMAGE)) != 0 || !wal.fullPageWrites()) {
      return false;
    }
    return PageLayout.lsn(pool.memory(), pool.offset(bufs[i])) <= redo;
  }

  private boolean hasData(int i) {
    return dataTo[i] > dataFrom[i] && (!imaged[i] || (flags[i] & KEEP_DATA) != 0);
  }

  private int putBlockHeaders(BufferPool pool) {
    int at = WalFormat.RECORD_HEADER;
    RelFileLocator previous = null;
    for (int i = 0; i < blocks; i++) {
      if (registered[i]) {
        ForkFile file = pool.fileOf(bufs[i]);
        at = putBlockHeader(pool, i, file, file.rel().equals(previous), at);
        previous = file.rel();
      }
    }
    return at;
  }

  private int putBlockHeader(BufferPool pool, int i, ForkFile file, boolean sameRel, int start) {
    int at = start;
    boolean withData = hasData(i);
    int bits = file.fork().number();
    byte[] compressed = packed[i];
    bits |= imaged[i] ? WalFormat.HAS_IMAGE : 0;
    bits |= compressed != null ? WalFormat.COMPRESSED : 0;
    bits |= withData ? WalFormat.HAS_DATA : 0;
    bits |= (flags[i] & WILL_INIT) != 0 ? WalFormat.WILL_INIT : 0;
    bits |= sameRel ? WalFormat.SAME_REL : 0;
    record.set(BYTE, at, (byte) i);
    record.set(BYTE, at + 1, (byte) bits);
    at += 2;
    if (withData) {
      record.set(SHORT, at, (short) (dataTo[i] - dataFrom[i]));
      at += 2;
    }
    if (imaged[i]) {
      int imageLength = compressed != null ? compressed.length : PAGE_SIZE - holeLength(pool, i);
      record.set(SHORT, at, (short) imageLength);
      record.set(SHORT, at + 2, (short) holeOffset(pool, i));
      at += 4;
    }
    if (compressed != null) {
      record.set(SHORT, at, (short) holeLength(pool, i));
      at += 2;
    }
    if (!sameRel) {
      record.set(INT, at, file.rel().dbOid());
      record.set(LONG, at + 4, file.rel().relNumber());
      at += 12;
    }
    record.set(INT, at, pool.blockOf(bufs[i]));
    return at + 4;
  }

  private int holeLength(BufferPool pool, int i) {
    long page = pool.offset(bufs[i]);
    if ((flags[i] & STANDARD) == 0 || !PageLayout.isValid(pool.memory(), page)) {
      return 0;
    }
    return PageLayout.upper(pool.memory(), page) - PageLayout.lower(pool.memory(), page);
  }

  private int holeOffset(BufferPool pool, int i) {
    return holeLength(pool, i) == 0 ? 0 : PageLayout.lower(pool.memory(), pool.offset(bufs[i]));
  }

  /// The page without its hole, compressed; null where that is not worth while.
  private byte @Nullable [] pack(BufferPool pool, int i) {
    long page = pool.offset(bufs[i]);
    int hole = holeLength(pool, i);
    int before = hole == 0 ? PAGE_SIZE : holeOffset(pool, i);
    byte[] image = new byte[PAGE_SIZE - hole];
    MemorySegment.copy(pool.memory(), BYTE, page, image, 0, before);
    MemorySegment.copy(
        pool.memory(), BYTE, page + before + hole, image, before, image.length - before);
    return PgLz.compress(image);
  }

  private int putImage(BufferPool pool, int i, int at) {
    byte[] compressed = packed[i];
    if (compressed != null) {
      MemorySegment.copy(compressed, 0, record, BYTE, at, compressed.length);
      return at + compressed.length;
    }
    long page = pool.offset(bufs[i]);
    int hole = holeLength(pool, i);
    int before = hole == 0 ? PAGE_SIZE : holeOffset(pool, i);
    MemorySegment.copy(pool.memory(), page, record, at, before);
    int after = PAGE_SIZE - before - hole;
    if (after > 0) {
      MemorySegment.copy(
          pool.memory(), page + PAGE_SIZE - after, record, (long) at + before, after);
    }
    return at + before + after;
  }

  private int putData(int i, int at) {
    int bytes = dataTo[i] - dataFrom[i];
    MemorySegment.copy(data, dataFrom[i], record, at, bytes);
    return at + bytes;
  }
}
