package dev.lifeline.main;

import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.Locale;

/// A WAL record as `pg_waldump` prints it.
final class WalRecordText {
  /// The tablespaces that relations are in, by PostgreSQL's oids.
  private static final int DEFAULT_TABLESPACE = 1663;

  private static final int GLOBAL_TABLESPACE = 1664;

  private WalRecordText() {}

  /// @param details of the blocks, each on a line of its own
  static String of(WalRecord record, ResourceManager manager, boolean details) {
    StringBuilder text = new StringBuilder(160);
    text.append(
        String.format(
            Locale.ROOT,
            "rmgr: %-11s len (rec/tot): %6d/%6d, tx: %10d, lsn: %s, prev %s, desc: %s",
            manager.name(),
            record.totalLength() - imageBytes(record),
            record.totalLength(),
            record.xid(),
            padded(record.lsn()),
            padded(record.previousLsn()),
            manager.describe(record)));
    for (int block = 0; block < record.blockCount(); block++) {
      if (record.hasBlock(block)) {
        text.append(details ? "\n\t" : ", ");
        appendBlock(text, record, block, details);
      }
    }
    return text.toString();
  }

  private static void appendBlock(
      StringBuilder text, WalRecord record, int block, boolean details) {
    RelFileLocator rel = record.rel(block);
    text.append(
        String.format(
            Locale.ROOT,
            "blkref #%d: rel %d/%s/%d",
            block,
            rel.dbOid() == 0 ? GLOBAL_TABLESPACE : DEFAULT_TABLESPACE,
            Integer.toUnsignedString(rel.dbOid()),
            rel.relNumber()));
    Fork fork = record.fork(block);
    if (details || fork != Fork.MAIN) {
      text.append(" fork ").append(fork.name().toLowerCase(Locale.ROOT));
    }
    text.append(" blk ").append(Integer.toUnsignedString(record.block(block)));
    if (!record.hasImage(block)) {
      return;
    }
    if (details) {
      int hole = record.holeLength(block);
      int saved = PageLayout.PAGE_SIZE - hole - record.imageLength(block);
      text.append(" (FPW); hole: offset: ").append(hole == 0 ? 0 : record.holeOffset(block));
      text.append(", length: ").append(hole);
      if (saved > 0) {
        text.append(", compression saved: ").append(saved).append(", method: pglz");
      }
    } else {
      text.append(" FPW");
    }
  }

  /// Bytes of the record that are full page images.
  static int imageBytes(WalRecord record) {
    int bytes = 0;
    for (int block = 0; block < record.blockCount(); block++) {
      if (record.hasBlock(block) && record.hasImage(block)) {
        bytes += record.imageLength(block);
      }
    }
    return bytes;
  }

  private static String padded(long lsn) {
    return String.format(Locale.ROOT, "%X/%08X", lsn >>> 32, lsn & 0xffff_ffffL);
  }
}
