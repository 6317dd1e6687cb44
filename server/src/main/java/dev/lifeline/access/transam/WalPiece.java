package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A stretch of the WAL in memory, without the headers of segments: the record that the piece
/// before had only the beginning of, and what was read from the files behind it. [WalScan] has
/// found out how far its records are intact.
final class WalPiece {
  /// In front of what is read: room for the rest of the piece before. Most records are small.
  private static final int FRONT = 64 * 1024;

  private final Arena arena;
  private final int bytesMost;
  private MemorySegment memory;
  private ByteBuffer buffer;

  /// Where what is read begins in the memory.
  private long front = FRONT;

  private long from;
  private long intactTo;
  private long to;
  private boolean last;
  private @Nullable String endReason;

  /// Makes an empty one, which has no memory before it needs some.
  ///
  /// @param arena for its memory
  /// @param bytesMost that are read at once
  WalPiece(Arena arena, int bytesMost) {
    this.arena = arena;
    this.bytesMost = bytesMost;
    memory = arena.allocate(0);
    buffer = memory.asByteBuffer();
  }

  /// Where to read so many bytes of the files, which follow the piece before.
  MemorySegment room(WalPiece before, long bytes) {
    long rest = before.to - before.intactTo;
    if (rest > front || memory.byteSize() == 0) {
      front = Math.max(front, Long.highestOneBit(rest) * 2);
      memory = arena.allocate(front + bytesMost, 4096);
      buffer = memory.asByteBuffer();
    }
    return memory.asSlice(front, bytes);
  }

  /// Whether what was read begins with the header of the segment that begins there.
  boolean beginsSegment(long lsn, long systemIdentifier, int segmentSize) {
    return WalFormat.isSegmentHeader(memory, front, lsn, systemIdentifier, segmentSize);
  }

  /// Takes what was read, and in front of it the rest of the piece before.
  ///
  /// @param bytes that were read
  /// @param header of them, which no record contains
  void follow(WalPiece before, int bytes, int header) {
    long rest = before.to - before.intactTo;
    long begin = front + header;
    MemorySegment.copy(before.memory, before.intactTo, memory, begin - rest, rest);
    from = begin - rest;
    intactTo = from;
    to = front + bytes;
    last = false;
    endReason = null;
  }

  /// There is nothing behind the piece before, whose rest this one is.
  void endFiles(WalPiece before) {
    room(before, 0);
    follow(before, 0, 0);
    last = true;
  }

  MemorySegment memory() {
    return memory;
  }

  /// The same memory, for checksums.
  ByteBuffer buffer() {
    return buffer;
  }

  /// Where its first record begins.
  long from() {
    return from;
  }

  /// Where the last of its intact records ends.
  long intactTo() {
    return intactTo;
  }

  long to() {
    return to;
  }

  /// The WAL ends with the last of its records.
  boolean isLast() {
    return last;
  }

  /// Why what follows that is no record, in PostgreSQL's words; null where the files end.
  @Nullable String endReason() {
    return endReason;
  }

  long longAt(long at) {
    return memory.get(PageLayout.LONG, at);
  }

  int intAt(long at) {
    return memory.get(PageLayout.INT, at);
  }

  /// A record behind the others is intact.
  void extendTo(long end) {
    intactTo = end;
  }

  /// What follows the intact records is skipped.
  void dropRest() {
    to = intactTo;
  }

  /// What follows the intact records is no record.
  void end(String reason) {
    last = true;
    endReason = reason;
  }
}
