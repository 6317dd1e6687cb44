package dev.lifeline.storage.page;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The layout of a page, as PostgreSQL's `bufpage.h` has it, with 64-bit xids and a 32-bit
/// checksum:
///
/// | offset | bytes | field |
/// | --- | --- | --- |
/// | 0 | 8 | lsn: the end of the WAL record that changed the page last |
/// | 8 | 4 | checksum, set when the page is written to disk |
/// | 12 | 2 | flags |
/// | 14 | 2 | lower: the end of the line pointers |
/// | 16 | 2 | upper: the beginning of the items |
/// | 18 | 2 | special: the beginning of the special space |
/// | 20 | 2 | page size and layout version |
/// | 22 | 2 | unused |
/// | 24 | 8 | prune xid: the oldest xid whose leftovers may be worth pruning |
/// | 32 | | line pointers, 4 bytes each, from 1 |
///
/// A page of only zeros is a *new* page: the file was extended and the change that was to fill it
/// never became durable. Whoever reads blocks by number has to expect it.
///
/// All methods take the memory and the offset of the page in it; numbers are little-endian.
public final class PageLayout {
  public static final int PAGE_SIZE = 8192;
  public static final int HEADER_SIZE = 32;
  public static final int ITEM_ID_SIZE = 4;

  /// The page size, of which the low byte is free, and the version of this layout in that byte.
  public static final int SIZE_AND_VERSION = PAGE_SIZE | 0x11;

  /// There are unused line pointers: a hint.
  public static final int HAS_FREE_LINES = 0x0001;

  /// An update did not find room here: a hint for pruning.
  public static final int PAGE_FULL = 0x0002;

  /// All tuples of the page are visible to everybody.
  public static final int ALL_VISIBLE = 0x0004;

  private static final int LSN = 0;
  private static final int CHECKSUM = 8;
  private static final int FLAGS = 12;
  private static final int LOWER = 14;
  private static final int UPPER = 16;
  private static final int SPECIAL = 18;
  private static final int VERSION = 20;
  private static final int PRUNE_XID = 24;

  /// The types for everything that is on a page.
  public static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  public static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  public static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private PageLayout() {}

  /// Makes an empty page with so much special space at its end.
  public static void init(MemorySegment m, long page, int specialSize) {
    m.asSlice(page, PAGE_SIZE).fill((byte) 0);
    setLower(m, page, HEADER_SIZE);
    int special = PAGE_SIZE - ((specialSize + 7) & ~7);
    setUpper(m, page, special);
    m.set(SHORT, page + SPECIAL, (short) special);
    m.set(SHORT, page + VERSION, (short) SIZE_AND_VERSION);
  }

  /// True for a page that was never initialized.
  public static boolean isNew(MemorySegment m, long page) {
    return upper(m, page) == 0;
  }

  /// True when the header makes sense: what any reader may rely on.
  public static boolean isValid(MemorySegment m, long page) {
    int lower = lower(m, page);
    int upper = upper(m, page);
    int special = special(m, page);
    return (m.get(SHORT, page + VERSION) & 0xffff) == SIZE_AND_VERSION
        && lower >= HEADER_SIZE
        && lower <= upper
        && upper <= special
        && special <= PAGE_SIZE
        && (special & 7) == 0;
  }

  public static long lsn(MemorySegment m, long page) {
    return m.get(LONG, page + LSN);
  }

  public static void setLsn(MemorySegment m, long page, long lsn) {
    m.set(LONG, page + LSN, lsn);
  }

  public static int checksum(MemorySegment m, long page) {
    return m.get(INT, page + CHECKSUM);
  }

  public static void setChecksum(MemorySegment m, long page, int checksum) {
    m.set(INT, page + CHECKSUM, checksum);
  }

  public static int flags(MemorySegment m, long page) {
    return m.get(SHORT, page + FLAGS) & 0xffff;
  }

  public static void setFlags(MemorySegment m, long page, int flags) {
    m.set(SHORT, page + FLAGS, (short) flags);
  }

  public static int lower(MemorySegment m, long page) {
    return m.get(SHORT, page + LOWER) & 0xffff;
  }

  public static void setLower(MemorySegment m, long page, int lower) {
    m.set(SHORT, page + LOWER, (short) lower);
  }

  public static int upper(MemorySegment m, long page) {
    return m.get(SHORT, page + UPPER) & 0xffff;
  }

  public static void setUpper(MemorySegment m, long page, int upper) {
    m.set(SHORT, page + UPPER, (short) upper);
  }

  /// Where the special space begins, from the beginning of the page.
  public static int special(MemorySegment m, long page) {
    return m.get(SHORT, page + SPECIAL) & 0xffff;
  }

  public static long pruneXid(MemorySegment m, long page) {
    return m.get(LONG, page + PRUNE_XID);
  }

  public static void setPruneXid(MemorySegment m, long page, long xid) {
    m.set(LONG, page + PRUNE_XID, xid);
  }
}
