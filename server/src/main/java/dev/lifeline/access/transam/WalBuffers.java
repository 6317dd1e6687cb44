package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Latch;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// The WAL buffers: a ring with what is inserted and not yet flushed. Inserting takes a short
/// latch, in which the record gets its place, is linked to the one before and is copied.
///
/// The ring grows rather than let an insertion wait, because it happens inside a critical section;
/// [Wal#reserve] keeps that rare.
final class WalBuffers {
  /// What [#append] returns when the redo point has moved since the record was made.
  static final long REDO_MOVED = -1;

  private final Latch latch = new Latch();
  private final Arena arena;
  private final int timeline;
  private final long systemIdentifier;
  private final int segmentSize;
  private final int incarnation;

  private MemorySegment ring;
  private long position;
  private long previous;
  private long commits;

  /// Where the oldest byte that is still needed is: what is flushed may be overwritten.
  private volatile long flushed;

  private volatile long inserted;
  private volatile long redo;

  WalBuffers(
      Arena arena,
      int size,
      int timeline,
      long systemIdentifier,
      int segmentSize,
      int incarnation,
      long endLsn,
      long previousLsn,
      long redoLsn) {
    this.arena = arena;
    this.timeline = timeline;
    this.systemIdentifier = systemIdentifier;
    this.segmentSize = segmentSize;
    this.incarnation = incarnation;
    ring = arena.allocate(Integer.highestOneBit(size), 4096);
    position = endLsn;
    previous = previousLsn;
    flushed = endLsn;
    inserted = endLsn;
    redo = redoLsn;
  }

  long insertedLsn() {
    return inserted;
  }

  long redoLsn() {
    return redo;
  }

  int incarnation() {
    return incarnation;
  }

  int capacity() {
    return (int) ring.byteSize();
  }

  /// The flushed position has moved: the ring has room again.
  void setFlushed(long lsn) {
    flushed = lsn;
  }

  /// What is there to be flushed.
  ///
  /// @param commits commit records inserted since the start
  record Pending(long endLsn, long commits) {}

  Pending pending() {
    latch.lock();
    try {
      return new Pending(position, commits);
    } finally {
      latch.unlock();
    }
  }

  /// Moves the redo point to the end of the WAL: what is changed from now on logs full images
  /// again.
  long moveRedo() {
    latch.lock();
    try {
      redo = WalFormat.startAfter(position, segmentSize);
      return redo;
    } finally {
      latch.unlock();
    }
  }

  /// Appends a record whose header lacks only the previous record and the CRC.
  ///
  /// @param bytes a view of the record's first [WalFormat#CRC] bytes, for the CRC
  /// @param crc of what follows the header
  /// @param redoLsn for which the full images were decided
  /// @param startOut gets where it begins
  /// @return where it ends, or [#REDO_MOVED]
  long append(
      MemorySegment record,
      int length,
      ByteBuffer bytes,
      CRC32C crc,
      long redoLsn,
      boolean isCommit,
      long[] startOut) {
    latch.lock();
    try {
      if (redoLsn != redo) {
        return REDO_MOVED;
      }
      long start = WalFormat.startAfter(position, segmentSize);
      record.set(PageLayout.LONG, WalFormat.PREVIOUS, previous);
      record.set(PageLayout.INT, WalFormat.INCARNATION, incarnation);
      bytes.clear();
      crc.update(bytes);
      record.set(PageLayout.INT, WalFormat.CRC, (int) crc.getValue());
      long end = WalFormat.align(WalFormat.advance(start, length, segmentSize));
      makeRoom(end);
      copy(record, length);
      pad(end);
      previous = start;
      startOut[0] = start;
      if (isCommit) {
        commits++;
      }
      inserted = end;
      return end;
    } finally {
      latch.unlock();
    }
  }

  private void makeRoom(long end) {
    long needed = end - flushed;
    if (needed <= ring.byteSize()) {
      return;
    }
    long size = ring.byteSize();
    while (size < needed) {
      size *= 2;
    }
    MemorySegment bigger = arena.allocate(size, 4096);
    for (long at = flushed; at < position; ) {
      long n = contiguous(ring, at, position);
      n = Math.min(n, contiguous(bigger, at, position));
      MemorySegment.copy(ring, at & mask(ring), bigger, at & mask(bigger), n);
      at += n;
    }
    ring = bigger;
  }

  private static long mask(MemorySegment ring) {
    return ring.byteSize() - 1;
  }

  private static long contiguous(MemorySegment ring, long from, long to) {
    return Math.min(to - from, ring.byteSize() - (from & mask(ring)));
  }

  private void copy(MemorySegment record, int length) {
    long from = 0;
    while (from < length) {
      if ((position & (segmentSize - 1L)) == 0) {
        putHeader();
      }
      long n = Math.min(length - from, segmentSize - (position & (segmentSize - 1L)));
      n = Math.min(n, ring.byteSize() - (position & mask(ring)));
      MemorySegment.copy(record, from, ring, position & mask(ring), n);
      position += n;
      from += n;
    }
  }

  /// A ring is at least a segment's header long and a power of two, and so is a segment: a header
  /// never wraps round.
  private void putHeader() {
    WalFormat.putSegmentHeader(
        ring, position & mask(ring), position, timeline, systemIdentifier, segmentSize);
    position += WalFormat.SEGMENT_HEADER;
  }

  private void pad(long end) {
    while (position < end) {
      ring.set(PageLayout.BYTE, position & mask(ring), (byte) 0);
      position++;
    }
  }

  /// A piece of what is not flushed yet, as long as it is in one piece.
  MemorySegment slice(long from, long to) {
    latch.lock();
    try {
      return ring.asSlice(from & mask(ring), contiguous(ring, from, to));
    } finally {
      latch.unlock();
    }
  }
}
