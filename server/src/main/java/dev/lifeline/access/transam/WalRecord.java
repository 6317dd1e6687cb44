package dev.lifeline.access.transam;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;

/// A record read back from the WAL. It is a view that its reader reuses: valid until the next one.
public interface WalRecord {
  /// Where the record begins.
  long lsn();

  /// Where it ends: the LSN of the pages that it changed.
  long endLsn();

  /// The record before this one.
  long previousLsn();

  int rmgr();

  /// What it is to its resource manager, 0 to 255.
  int info();

  /// The transaction, 0 where it has none. May be a subtransaction's.
  long xid();

  /// Of the whole record, in bytes.
  int totalLength();

  /// The memory that [#dataOffset] and [#blockDataOffset] count in.
  MemorySegment memory();

  long dataOffset();

  int dataLength();

  /// The highest block id plus one.
  int blockCount();

  boolean hasBlock(int blockId);

  RelFileLocator rel(int blockId);

  Fork fork(int blockId);

  int block(int blockId);

  boolean hasImage(int blockId);

  boolean willInit(int blockId);

  /// Bytes that the full image takes in the record; 0 where there is none.
  int imageLength(int blockId);

  /// Where in the page the hole is that the image leaves out.
  int holeOffset(int blockId);

  int holeLength(int blockId);

  long blockDataOffset(int blockId);

  /// 0 where the block has no data of its own.
  int blockDataLength(int blockId);
}
