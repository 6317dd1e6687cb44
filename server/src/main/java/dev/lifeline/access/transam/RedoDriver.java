package dev.lifeline.access.transam;

import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Redoes one record after the other: brings its pages in, restores full images, lets the resource
/// manager edit the rest, stamps and releases them.
///
/// A record may refer to a page that is not there, because a later record drops or truncates its
/// relation. It is remembered; one that is still missing at the end means that the data are
/// damaged.
final class RedoDriver implements RedoContext {
  private static final int NONE = -1;

  private final BufferPool pool;
  private final @Nullable ResourceManager[] managers;
  private final int[] bufs = new int[WalRecordBuilder.BLOCKS_MAX];
  private final boolean[] needsRedo = new boolean[WalRecordBuilder.BLOCKS_MAX];
  private final boolean[] restored = new boolean[WalRecordBuilder.BLOCKS_MAX];
  private final Set<MissingPage> missing = new HashSet<>();
  private int stepsDone;
  private int stepsAsked;

  private record MissingPage(RelFileLocator rel, Fork fork, int block) {}

  RedoDriver(BufferPool pool, @Nullable ResourceManager[] managers) {
    this.pool = pool;
    this.managers = managers;
  }

  /// Redoes a record. Throws NotYet when something has to be read or waited for; the same record is
  /// then to be given again.
  void redo(WalRecordView record) {
    stepsAsked = 0;
    pinAll(record);
    boolean done = false;
    try {
      latchAll(record);
      ResourceManager manager = managers[record.rmgr()];
      if (manager == null) {
        throw PgException.panic(
            SqlState.DATA_CORRUPTED, "resource manager with ID %d not registered", record.rmgr());
      }
      manager.redo(record, this);
      done = true;
    } finally {
      releaseAll(record, done);
    }
    stepsDone = 0;
  }

  private void pinAll(WalRecordView record) {
    int pinned = 0;
    try {
      while (pinned < record.blockCount()) {
        bufs[pinned] = record.hasBlock(pinned) ? pin(record, pinned) : NONE;
        pinned++;
      }
    } catch (RuntimeException e) {
      while (--pinned >= 0) {
        if (bufs[pinned] != NONE) {
          pool.unpin(bufs[pinned]);
        }
      }
      throw e;
    }
  }

  private int pin(WalRecordView record, int id) {
    RelFileLocator rel = record.rel(id);
    Fork fork = record.fork(id);
    int block = record.block(id);
    if (record.hasImage(id) || record.willInit(id)) {
      return pool.pinForInit(rel, fork, block);
    }
    int seen = record.seenIn(id);
    if (seen != BufferPool.INVALID) {
      int buf = pool.pinSeen(seen, rel, fork, block);
      if (buf != BufferPool.INVALID) {
        return buf;
      }
    }
    if (block >= pool.blocks(rel, fork)) {
      missing.add(new MissingPage(rel, fork, block));
      return NONE;
    }
    return pool.pin(rel, fork, block);
  }

  private void latchAll(WalRecordView record) {
    for (int id = 0; id < record.blockCount(); id++) {
      needsRedo[id] = false;
      restored[id] = false;
      if (bufs[id] == NONE) {
        continue;
      }
      pool.lockExclusive(bufs[id]);
      long page = page(id);
      if (record.hasImage(id)) {
        record.restore(id, pool.memory(), page);
        restored[id] = true;
      } else if (record.willInit(id)) {
        pool.memory().asSlice(page, PageLayout.PAGE_SIZE).fill((byte) 0);
        needsRedo[id] = true;
      } else if (PageLayout.isNew(pool.memory(), page)) {
        missing.add(new MissingPage(record.rel(id), record.fork(id), record.block(id)));
        pool.release(bufs[id]);
        bufs[id] = NONE;
      } else {
        needsRedo[id] = PageLayout.lsn(pool.memory(), page) < record.endLsn();
      }
    }
  }

  private void releaseAll(WalRecordView record, boolean done) {
    for (int id = 0; id < record.blockCount(); id++) {
      if (bufs[id] != NONE) {
        if (done && (needsRedo[id] || restored[id])) {
          PageLayout.setLsn(pool.memory(), page(id), record.endLsn());
          pool.markDirty(bufs[id]);
        }
        pool.release(bufs[id]);
      }
    }
  }

  @Override
  public boolean needsRedo(int blockId) {
    return needsRedo[blockId];
  }

  @Override
  public boolean present(int blockId) {
    return bufs[blockId] != NONE;
  }

  @Override
  public MemorySegment memory() {
    return pool.memory();
  }

  @Override
  public long page(int blockId) {
    return pool.offset(bufs[blockId]);
  }

  @Override
  public void waitFor(Supplier<Future<Void>> step) {
    stepsAsked++;
    if (stepsAsked <= stepsDone) {
      return;
    }
    Future<Void> done = step.get();
    stepsDone = stepsAsked;
    if (!done.isComplete()) {
      throw new NotYet(done);
    }
    if (done.failed()) {
      throw done.cause() instanceof RuntimeException e
          ? e
          : new IllegalStateException(done.cause());
    }
  }

  /// The relation's files are gone: what was missing of it is explained.
  void dropped(RelFileLocator rel) {
    missing.removeIf(page -> page.rel().equals(rel));
  }

  void droppedDatabase(int dbOid) {
    missing.removeIf(page -> page.rel().dbOid() == dbOid);
  }

  void truncated(RelFileLocator rel, Fork fork, int blocks) {
    missing.removeIf(
        page -> page.rel().equals(rel) && page.fork() == fork && page.block() >= blocks);
  }

  boolean isAnyMissing() {
    return !missing.isEmpty();
  }

  /// At the end of redo: nothing may be missing.
  void checkNothingMissing() {
    Iterator<MissingPage> pages = missing.iterator();
    if (pages.hasNext()) {
      MissingPage page = pages.next();
      throw PgException.panic(SqlState.DATA_CORRUPTED, "WAL contains references to invalid pages")
          .detail("page %d of relation %s", page.block(), page.rel().path(page.fork(), 0));
    }
  }
}
