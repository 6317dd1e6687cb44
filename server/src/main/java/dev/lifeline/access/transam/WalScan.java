package dev.lifeline.access.transam;

import dev.lifeline.events.Lsn;
import dev.lifeline.storage.page.PageLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/// Goes through pieces of the WAL ahead of their reader and finds out which of their bytes are
/// intact records: that each links back to the one before, and has the checksum that it says. See
/// [WalFormat] for what makes a record valid.
///
/// It is used by one thread at a time, which need not be the reader's.
final class WalScan {
  private final int segmentSize;
  private final CRC32C crc = new CRC32C();
  private long recordLsn;
  private long previousLsn;
  private int incarnation;

  /// @param startLsn where a record begins
  /// @param previousLsn that the first record must point back to; -1 when not known
  WalScan(int segmentSize, long startLsn, long previousLsn) {
    this.segmentSize = segmentSize;
    this.recordLsn = WalFormat.startAfter(startLsn, segmentSize);
    this.previousLsn = previousLsn;
  }

  /// Looks at what is new in a piece.
  ///
  /// @return how much of the files behind it has to be skipped
  long check(WalPiece piece) {
    ByteBuffer buffer = piece.buffer();
    long at = piece.intactTo();
    while (piece.to() - at >= WalFormat.RECORD_HEADER) {
      int length = piece.intAt(at + WalFormat.LENGTH);
      if (!isPlausible(piece, at, length)) {
        piece.end(implausible(piece, at, length));
        return 0;
      }
      long padded = WalFormat.align(length);
      if (piece.to() - at < padded) {
        return 0;
      }
      if (!isIntact(piece, buffer, (int) at, length)) {
        piece.end("incorrect resource manager data checksum in record at " + Lsn.format(recordLsn));
        return 0;
      }
      long end = WalFormat.align(WalFormat.advance(recordLsn, length, segmentSize));
      incarnation = piece.intAt(at + WalFormat.INCARNATION);
      previousLsn = recordLsn;
      at += padded;
      piece.extendTo(at);
      if (isSwitch(piece, at - padded)) {
        long segmentEnd = WalFormat.segmentEnd(end, segmentSize);
        long beyond = segmentEnd - end - (piece.to() - at);
        recordLsn = WalFormat.startAfter(segmentEnd, segmentSize);
        piece.dropRest();
        return beyond;
      }
      recordLsn = WalFormat.startAfter(end, segmentSize);
    }
    return 0;
  }

  /// Whether a record ends its segment.
  static boolean isSwitch(WalPiece piece, long at) {
    return piece.memory().get(PageLayout.BYTE, at + WalFormat.RMGR) == Rmgr.XLOG
        && (piece.memory().get(PageLayout.BYTE, at + WalFormat.INFO) & 0xff) == XlogRecords.SWITCH;
  }

  private boolean isPlausible(WalPiece piece, long at, int length) {
    if (length < WalFormat.RECORD_HEADER + 4 || length > WalFormat.RECORD_MAX) {
      return false;
    }
    long previous = piece.longAt(at + WalFormat.PREVIOUS);
    boolean linked = previousLsn < 0 ? previous < recordLsn : previous == previousLsn;
    return linked && piece.intAt(at + WalFormat.INCARNATION) - incarnation >= 0;
  }

  private String implausible(WalPiece piece, long begin, int length) {
    String at = " at " + Lsn.format(recordLsn);
    if (length < WalFormat.RECORD_HEADER + 4) {
      return "invalid record length%s: wanted %d, got %d"
          .formatted(at, WalFormat.RECORD_HEADER, length);
    }
    if (length > WalFormat.RECORD_MAX) {
      return "record length %d%s too long".formatted(length, at);
    }
    long previous = piece.longAt(begin + WalFormat.PREVIOUS);
    return "record with incorrect prev-link " + Lsn.format(previous) + at;
  }

  private boolean isIntact(WalPiece piece, ByteBuffer buffer, int at, int length) {
    crc.reset();
    buffer.limit(at + length).position(at + WalFormat.RECORD_HEADER);
    crc.update(buffer);
    buffer.position(at).limit(at + WalFormat.CRC);
    crc.update(buffer);
    return (int) crc.getValue() == piece.intAt(at + WalFormat.CRC);
  }
}
