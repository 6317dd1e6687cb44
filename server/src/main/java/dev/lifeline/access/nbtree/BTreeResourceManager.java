package dev.lifeline.access.nbtree;

import static dev.lifeline.storage.page.PageLayout.BYTE;
import static dev.lifeline.storage.page.PageLayout.INT;
import static dev.lifeline.storage.page.PageLayout.LONG;
import static dev.lifeline.storage.page.PageLayout.SHORT;

import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecord;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Repeats the changes of B-tree pages. See [BTreeRecord] for the records.
public final class BTreeResourceManager implements ResourceManager {
  @Override
  public int id() {
    return Rmgr.BTREE;
  }

  @Override
  public String name() {
    return "Btree";
  }

  @Override
  public void redo(WalRecord record, RedoContext context) {
    switch (record.info()) {
      case BTreeRecord.INSERT -> redoInsert(record, context);
      case BTreeRecord.SPLIT -> redoSplit(record, context);
      case BTreeRecord.NEW_ROOT -> redoNewRoot(record, context);
      case BTreeRecord.DELETE -> redoDelete(record, context);
      case BTreeRecord.PAGES -> {}
      case BTreeRecord.UNLINK -> BTreeUnlink.redo(record, context);
      default -> throw new IllegalStateException("btree record " + record.info());
    }
  }

  private static int shortAt(MemorySegment m, long at) {
    return m.get(SHORT, at) & 0xffff;
  }

  private static byte[] bytes(MemorySegment m, long at, int length) {
    byte[] bytes = new byte[length];
    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at, bytes, 0, length);
    return bytes;
  }

  private static void redoInsert(WalRecord record, RedoContext context) {
    if (context.needsRedo(0)) {
      MemorySegment log = record.memory();
      long at = record.blockDataOffset(0);
      byte[] item = bytes(log, at + 2, record.blockDataLength(0) - 2);
      BTreePage.insert(context.memory(), context.page(0), shortAt(log, at), item);
    }
    clearIncomplete(record, context, 1);
  }

  private static void clearIncomplete(WalRecord record, RedoContext context, int blockId) {
    if (record.hasBlock(blockId) && context.needsRedo(blockId)) {
      BTreePage.clearFlag(context.memory(), context.page(blockId), BTreePage.INCOMPLETE_SPLIT);
    }
  }

  private static void redoSplit(WalRecord record, RedoContext context) {
    MemorySegment log = record.memory();
    long data = record.dataOffset();
    int rightBlock = log.get(INT, data + 5);
    MemorySegment m = context.memory();
    if (context.needsRedo(0)) {
      long at = record.blockDataOffset(0);
      int separatorLength = shortAt(log, at);
      byte[] separator = bytes(log, at + 2, separatorLength);
      boolean newOnLeft = log.get(BYTE, data + 4) != 0;
      int itemLength = newOnLeft ? record.blockDataLength(0) - 2 - separatorLength : 0;
      byte[] item = bytes(log, at + 2 + separatorLength, itemLength);
      long page = context.page(0);
      MemorySegment old = BTreePage.copy(m, page);
      BTreeSplit.buildLeft(
          m, page, old, shortAt(log, data), shortAt(log, data + 2), item, separator, rightBlock);
      BTreePage.setCycle(m, page, log.get(INT, data + 9));
    }
    if (record.hasBlock(2) && context.needsRedo(2)) {
      BTreePage.setPrev(m, context.page(2), rightBlock);
    }
    clearIncomplete(record, context, 3);
  }

  private static void redoNewRoot(WalRecord record, RedoContext context) {
    MemorySegment m = context.memory();
    if (context.needsRedo(1)) {
      BTreePage.clearFlag(m, context.page(1), BTreePage.INCOMPLETE_SPLIT | BTreePage.ROOT);
    }
    if (context.needsRedo(2)) {
      long data = record.dataOffset();
      int root = record.memory().get(INT, data);
      BTreePage.setMeta(m, context.page(2), root, record.memory().get(INT, data + 4));
    }
  }

  private static void redoDelete(WalRecord record, RedoContext context) {
    if (context.needsRedo(0)) {
      MemorySegment log = record.memory();
      long at = record.blockDataOffset(0);
      short[] numbers = new short[shortAt(log, at)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = log.get(SHORT, at + 2 + 2L * i);
      }
      BTreePage.remove(context.memory(), context.page(0), numbers, numbers.length);
    }
  }

  @Override
  public String describe(WalRecord record) {
    String name = BTreeRecord.name(record.info());
    MemorySegment log = record.memory();
    return switch (record.info()) {
      case BTreeRecord.INSERT -> name + numberOf(record, " off ");
      case BTreeRecord.DELETE -> name + numberOf(record, " ndeleted ");
      case BTreeRecord.SPLIT ->
          name
              + " firstrightoff "
              + shortAt(log, record.dataOffset())
              + " newitemoff "
              + shortAt(log, record.dataOffset() + 2);
      case BTreeRecord.UNLINK ->
          name
              + " levels "
              + log.get(BYTE, record.dataOffset())
              + " safexid "
              + log.get(LONG, record.dataOffset() + 1);
      case BTreeRecord.NEW_ROOT -> name + " level " + log.get(INT, record.dataOffset() + 4);
      default -> name;
    };
  }

  private static String numberOf(WalRecord record, String label) {
    return record.blockDataLength(0) < 2
        ? ""
        : label + shortAt(record.memory(), record.blockDataOffset(0));
  }
}
