package dev.lifeline.access.transam;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;

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
/// says that redo wants it anyway.
@SuppressWarnings("DoNotCallSuggester")
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

  WalRecordBuilder() {}

  private static UnsupportedOperationException soon() {
    return new UnsupportedOperationException();
  }

  /// Registers a pinned and exclusively latched buffer whose change the record describes. The page
  /// must already be changed.
  public WalRecordBuilder buffer(int blockId, int buf, int flags) {
    throw soon();
  }

  /// Registers a block by name: for pages that are not in the buffer pool.
  public WalRecordBuilder page(
      int blockId, RelFileLocator rel, Fork fork, int block, MemorySegment memory, long offset) {
    throw soon();
  }

  /// Directs the `put` methods to the record's own data.
  public WalRecordBuilder data() {
    throw soon();
  }

  /// Directs the `put` methods to the data of a registered block.
  public WalRecordBuilder blockData(int blockId) {
    throw soon();
  }

  public WalRecordBuilder putByte(int value) {
    throw soon();
  }

  public WalRecordBuilder putShort(int value) {
    throw soon();
  }

  public WalRecordBuilder putInt(int value) {
    throw soon();
  }

  public WalRecordBuilder putLong(long value) {
    throw soon();
  }

  public WalRecordBuilder putBytes(MemorySegment from, long offset, int length) {
    throw soon();
  }

  public WalRecordBuilder putBytes(byte[] bytes) {
    throw soon();
  }

  /// Puts the record into the WAL buffers, marks its buffers dirty and sets the LSN of their pages.
  ///
  /// @return the end of the record: what has to be flushed for it to be durable
  public long insert() {
    throw soon();
  }
}
