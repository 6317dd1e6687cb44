package dev.lifeline.catalog;

import dev.lifeline.access.transam.RedoContext;
import dev.lifeline.access.transam.ResourceManager;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecord;
import dev.lifeline.storage.page.PageLayout;
import java.lang.foreign.MemorySegment;

/// The WAL records of this room. A page that CREATE DATABASE copies: nothing but its full image,
/// which recovery restores by itself. The state of a sequence, whole.
public final class DatabaseResourceManager implements ResourceManager {
  static final int COPY_PAGE = 0x10;
  static final int SEQUENCE = 0x20;

  @Override
  public int id() {
    return Rmgr.DBASE;
  }

  @Override
  public String name() {
    return "Database";
  }

  @Override
  public void redo(WalRecord record, RedoContext context) {
    switch (record.info()) {
      case COPY_PAGE -> {
        // The image is the page.
      }
      case SEQUENCE -> {
        if (context.needsRedo(0)) {
          SequenceStorage.put(context.memory(), context.page(0), state(record));
        }
      }
      default -> throw new IllegalStateException("unknown record " + record.info());
    }
  }

  private static SequenceStorage.State state(WalRecord record) {
    MemorySegment m = record.memory();
    long at = record.blockDataOffset(0);
    return new SequenceStorage.State(
        m.get(PageLayout.LONG, at), m.get(PageLayout.LONG, at + 8) != 0);
  }

  @Override
  public String describe(WalRecord record) {
    return record.info() == COPY_PAGE ? "COPY_PAGE" : "SEQUENCE";
  }
}
