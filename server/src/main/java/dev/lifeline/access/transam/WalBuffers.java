package dev.lifeline.access.transam;

import dev.lifeline.storage.ipc.Latch;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.zip.CRC32C;

/// The WAL buffers: a ring with what is inserted and not yet flushed. Inserting takes a short
/// latch, in which the record gets its place, is linked to the one before and is copied.
///
/// The rest of a segment that was switched away from is a gap: it takes no room in the ring, and
/// reads as zeros. So a position is not where its byte is in the ring, see [#place].
///
/// The ring grows rather than let an insertion wait, because it happens inside a critical section;
/// [Wal#reserve] keeps that rare.
final class WalBuffers {
  /// What [#append] returns when the redo point has moved since the record was made.
  static final long REDO_MOVED = -1;

  /// Gaps begin at multiples of this, so that a segment's header never wraps round.
  private static final int GAP_ALIGN = 4096;

  private final Latch latch = new Latch();

  /// Those that are not flushed yet.
  private final ArrayDeque<Gap> gaps = new ArrayDeque<>(0);

  /// All gaps together.
  private long skipped;

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

  /// @param skippedBefore all gaps before it together
  private record Gap(long from, long to, long skippedBefore) {}

  /// The last record that is more than housekeeping ends here.
  private volatile long important;

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
    important = endLsn;
  }

  long insertedLsn() {
    return inserted;
  }

  /// Where the last record ends that is no checkpoint's and no switch: an idle server writes none.
  long importantLsn() {
    return important;
  }

  int segmentSize() {
    return segmentSize;
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
      if (isHousekeeping(record)) {
        skipRest(record, end);
      } else {
        important = end;
      }
      inserted = position;
      return end;
    } finally {
      latch.unlock();
    }
  }

  private static boolean isHousekeeping(MemorySegment record) {
    if (record.get(PageLayout.BYTE, WalFormat.RMGR) != Rmgr.XLOG) {
      return false;
    }
    int info = record.get(PageLayout.BYTE, WalFormat.INFO) & 0xff;
    return info == XlogRecords.CHECKPOINT_ONLINE
        || info == XlogRecords.CHECKPOINT_SHUTDOWN
        || info == XlogRecords.SWITCH;
  }

  /// After a switch the next record begins in the next segment.
  private void skipRest(MemorySegment record, long end) {
    if ((record.get(PageLayout.BYTE, WalFormat.INFO) & 0xff) != XlogRecords.SWITCH) {
      return;
    }
    long to = WalFormat.segmentEnd(end, segmentSize);
    long from = Math.min(to, (end + GAP_ALIGN - 1) & -GAP_ALIGN);
    makeRoom(from);
    pad(from);
    if (from < to) {
      gaps.add(new Gap(from, to, skipped));
      skipped += to - from;
      position = to;
    }
  }

  /// Where a position would be in a ring without end.
  private long place(long lsn) {
    for (Gap gap : gaps) {
      if (lsn < gap.to) {
        return Math.min(lsn, gap.from) - gap.skippedBefore;
      }
    }
    return lsn - skipped;
  }

  private void makeRoom(long end) {
    long oldest = flushed;
    while (!gaps.isEmpty() && gaps.getFirst().to <= oldest) {
      gaps.removeFirst();
    }
    long needed = place(end) - place(oldest);
    if (needed <= ring.byteSize()) {
      return;
    }
    long size = ring.byteSize();
    while (size < needed) {
      size *= 2;
    }
    MemorySegment bigger = arena.allocate(size, 4096);
    long filled = place(position);
    for (long at = place(oldest); at < filled; ) {
      long n = contiguous(ring, at, filled);
      n = Math.min(n, contiguous(bigger, at, filled));
      MemorySegment.copy(ring, at & mask(ring), bigger, at & mask(bigger), n);
      at += n;
    }
    ring = bigger;
  }

  private static long mask(MemorySegment ring) {
    return ring.byteSize() - 1;
  }

  /// @param from and to as [#place] has them
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
      long at = place(position) & mask(ring);
      n = Math.min(n, ring.byteSize() - at);
      MemorySegment.copy(record, from, ring, at, n);
      position += n;
      from += n;
    }
  }

  /// A ring is at least a segment's header long and a power of two, and so is a segment: a header
  /// never wraps round.
  private void putHeader() {
    WalFormat.putSegmentHeader(
        ring, place(position) & mask(ring), position, timeline, systemIdentifier, segmentSize);
    position += WalFormat.SEGMENT_HEADER;
  }

  private void pad(long end) {
    while (position < end) {
      ring.set(PageLayout.BYTE, place(position) & mask(ring), (byte) 0);
      position++;
    }
  }

  /// A piece of what is not flushed yet, as long as it is in one piece.
  MemorySegment slice(long from, long to) {
    latch.lock();
    try {
      for (Gap gap : gaps) {
        if (from >= gap.from && from < gap.to) {
          return WalFiles.zeros(Math.min(to, gap.to) - from);
        }
        if (from < gap.from) {
          long at = place(from);
          return ring.asSlice(at & mask(ring), contiguous(ring, at, place(Math.min(to, gap.from))));
        }
      }
      long at = place(from);
      return ring.asSlice(at & mask(ring), contiguous(ring, at, place(to)));
    } finally {
      latch.unlock();
    }
  }
}
