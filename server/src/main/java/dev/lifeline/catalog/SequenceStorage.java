package dev.lifeline.catalog;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.transam.Rmgr;
import dev.lifeline.access.transam.WalRecordBuilder;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;

/// The state of a sequence: one page, whose special space has the last value and whether it was
/// handed out. It is changed in place and for all at once, whatever becomes of the transaction: a
/// number that was handed out is never handed out again.
///
/// Each change is a WAL record that has the whole state, so redo needs no earlier page. It carries
/// the transaction's xid: the commit that makes a row with the number durable makes the record
/// durable, too.
final class SequenceStorage {
  private static final int SPECIAL_BYTES = 16;
  private static final int AT = PageLayout.PAGE_SIZE - SPECIAL_BYTES;

  private final SharedMemory shared;

  SequenceStorage(SharedMemory shared) {
    this.shared = shared;
  }

  /// @param last the value that was handed out last or, where `called` is false, comes next
  record State(long last, boolean called) {}

  /// Decides what the state becomes, under the latch.
  interface Change {
    State apply(State before);
  }

  /// Makes the page of a sequence whose file is new.
  void initialize(Xact xact, RelFileLocator file, State state) {
    shared.wal().reserve();
    long xid = xact.xid();
    BufferPool buffers = shared.buffers();
    if (buffers.blocks(file, Fork.MAIN) > 0) {
      return;
    }
    int buf = buffers.extend(file, Fork.MAIN);
    try {
      write(buf, state, xid);
    } finally {
      buffers.release(buf);
    }
  }

  State read(RelFileLocator file) {
    BufferPool buffers = shared.buffers();
    int buf = buffers.pin(file, Fork.MAIN, 0);
    buffers.lockShared(buf);
    try {
      return state(buffers.memory(), buffers.offset(buf));
    } finally {
      buffers.release(buf);
    }
  }

  /// Changes the state; what the change throws leaves it as it is.
  State change(Xact xact, RelFileLocator file, Change change) {
    shared.wal().reserve();
    long xid = xact.xid();
    BufferPool buffers = shared.buffers();
    int buf = buffers.pin(file, Fork.MAIN, 0);
    buffers.lockExclusive(buf);
    try {
      State after = change.apply(state(buffers.memory(), buffers.offset(buf)));
      write(buf, after, xid);
      return after;
    } finally {
      buffers.release(buf);
    }
  }

  private static State state(MemorySegment m, long page) {
    return new State(m.get(PageLayout.LONG, page + AT), m.get(PageLayout.LONG, page + AT + 8) != 0);
  }

  private void write(int buf, State state, long xid) {
    BufferPool buffers = shared.buffers();
    put(buffers.memory(), buffers.offset(buf), state);
    shared
        .wal()
        .begin(Rmgr.DBASE, DatabaseResourceManager.SEQUENCE, xid)
        .buffer(0, buf, WalRecordBuilder.WILL_INIT)
        .blockData(0)
        .putLong(state.last())
        .putLong(state.called() ? 1 : 0)
        .insert();
  }

  static void put(MemorySegment m, long page, State state) {
    PageLayout.init(m, page, SPECIAL_BYTES);
    m.set(PageLayout.LONG, page + AT, state.last());
    m.set(PageLayout.LONG, page + AT + 8, state.called() ? 1 : 0);
  }
}
