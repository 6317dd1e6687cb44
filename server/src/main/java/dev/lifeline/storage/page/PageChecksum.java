package dev.lifeline.storage.page;

import java.lang.foreign.MemorySegment;
import java.util.zip.CRC32C;

/// The checksum of a page on disk: CRC-32C of all of it but the checksum itself, and of the block's
/// number, so that a page that was written to the wrong place is found as well. A new page, all
/// zeros, has the checksum 0, which no initialized page has.
public final class PageChecksum {
  private static final int CHECKSUM_AT = 8;
  private static final int AFTER_CHECKSUM = 12;

  private PageChecksum() {}

  public static int of(MemorySegment m, long page, int block) {
    CRC32C crc = new CRC32C();
    crc.update(m.asSlice(page, CHECKSUM_AT).asByteBuffer());
    crc.update(
        m.asSlice(page + AFTER_CHECKSUM, PageLayout.PAGE_SIZE - AFTER_CHECKSUM).asByteBuffer());
    crc.update(block);
    crc.update(block >>> 8);
    crc.update(block >>> 16);
    crc.update(block >>> 24);
    int value = (int) crc.getValue();
    return value == 0 ? 1 : value;
  }

  /// True for a page as it was written, and for one of only zeros.
  public static boolean verify(MemorySegment m, long page, int block) {
    if (PageLayout.isNew(m, page)) {
      return m.asSlice(page, PageLayout.PAGE_SIZE).mismatch(ZEROS) == -1;
    }
    return PageLayout.checksum(m, page) == of(m, page, block) && PageLayout.isValid(m, page);
  }

  private static final MemorySegment ZEROS =
      MemorySegment.ofArray(new byte[PageLayout.PAGE_SIZE]).asReadOnly();
}
