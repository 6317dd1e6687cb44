package dev.lifeline.access.transam;

import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;
import java.util.Locale;

/// What the WAL looks like on disk.
///
/// It is a stream of bytes, cut into segments; an LSN is a position in it. Each segment begins with
/// a header; a record that does not fit into a segment goes on behind the header of the next.
/// Records begin at multiples of 8:
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 4 | length, without the padding at the end |
/// | 4 | 4 | incarnation: counts the recoveries of the cluster |
/// | 8 | 8 | xid |
/// | 16 | 8 | where the record before begins |
/// | 24 | 1 | info |
/// | 25 | 1 | resource manager |
/// | 26 | 1 | blocks |
/// | 27 | 1 | 0 |
/// | 28 | 4 | CRC-32C of what follows and then of what precedes |
/// | 32 | | for each block: its header; 4 bytes length of the main data; the blocks' images and data; the main data |
///
/// A block's header: its id (1), flags (1), with HAS_DATA the length (2), with HAS_IMAGE the
/// image's length and where its hole is (2 + 2), with COMPRESSED the length of the hole (2), unless
/// SAME_REL the database and the relation (4 + 8), and the block (4).
///
/// A record of kind [XlogRecords#SWITCH] ends its segment: what follows it there is zeros.
///
/// The end of the WAL is where no valid record follows. Leftovers from an earlier use of the file
/// are not valid, because they do not point back to the record before; leftovers of this very
/// stream from before a crash, which might, have a smaller incarnation.
final class WalFormat {
  static final int SEGMENT_HEADER = 40;
  static final int RECORD_HEADER = 32;

  static final int LENGTH = 0;
  static final int INCARNATION = 4;
  static final int XID = 8;
  static final int PREVIOUS = 16;
  static final int INFO = 24;
  static final int RMGR = 25;
  static final int BLOCKS = 26;
  static final int CRC = 28;

  static final int FORK_MASK = 0x03;
  static final int HAS_IMAGE = 0x04;
  static final int HAS_DATA = 0x08;
  static final int WILL_INIT = 0x10;
  static final int SAME_REL = 0x20;
  static final int COMPRESSED = 0x40;

  /// Longer records there are none: what says so is garbage.
  static final int RECORD_MAX = 64 << 20;

  /// "LfWa" and the version of this format.
  private static final int MAGIC = 0x6157664c;

  private static final int VERSION = 2;

  private WalFormat() {}

  static long align(long lsn) {
    return (lsn + 7) & ~7L;
  }

  /// Where a record that follows this end begins.
  static long startAfter(long lsn, int segmentSize) {
    return (lsn & (segmentSize - 1L)) == 0 ? lsn + SEGMENT_HEADER : lsn;
  }

  /// The end of the segment that a position before it is in; of the beginning of one, that itself.
  static long segmentEnd(long lsn, int segmentSize) {
    return (lsn + segmentSize - 1) & -(long) segmentSize;
  }

  /// The position after so many bytes of a record, segment headers stepped over.
  static long advance(long lsn, long bytes, int segmentSize) {
    long at = lsn;
    long left = bytes;
    while (true) {
      long room = segmentSize - (at & (segmentSize - 1L));
      if (left <= room) {
        return at + left;
      }
      left -= room;
      at += room + SEGMENT_HEADER;
    }
  }

  static void putSegmentHeader(
      MemorySegment m, long at, long lsn, int timeline, long systemIdentifier, int segmentSize) {
    m.set(PageLayout.INT, at, MAGIC);
    m.set(PageLayout.INT, at + 4, VERSION);
    m.set(PageLayout.INT, at + 8, timeline);
    m.set(PageLayout.INT, at + 12, segmentSize);
    m.set(PageLayout.LONG, at + 16, systemIdentifier);
    m.set(PageLayout.LONG, at + 24, lsn);
    m.set(PageLayout.LONG, at + 32, 0);
  }

  /// Whether a header is the one that belongs at this position.
  static boolean isSegmentHeader(
      MemorySegment m, long at, long lsn, long systemIdentifier, int segmentSize) {
    return m.get(PageLayout.INT, at) == MAGIC
        && m.get(PageLayout.INT, at + 4) == VERSION
        && m.get(PageLayout.INT, at + 12) == segmentSize
        && m.get(PageLayout.LONG, at + 16) == systemIdentifier
        && m.get(PageLayout.LONG, at + 24) == lsn;
  }

  /// The name of the segment that a position is in: `000000010000000000000001`.
  static String segmentName(int timeline, long lsn, int segmentSize) {
    long perId = 0x1_0000_0000L / segmentSize;
    long segment = lsn / segmentSize;
    return String.format(Locale.ROOT, "%08X%08X%08X", timeline, segment / perId, segment % perId);
  }

  /// Where the segment with this name begins; -1 when it is not a name of a segment.
  static long segmentStart(String name, int segmentSize) {
    if (name.length() != 24 || !name.chars().allMatch(c -> Character.digit(c, 16) >= 0)) {
      return -1;
    }
    long perId = 0x1_0000_0000L / segmentSize;
    long id = Long.parseLong(name, 8, 16, 16);
    return (id * perId + Long.parseLong(name, 16, 24, 16)) * segmentSize;
  }
}
