package dev.lifeline.storage.buffer;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.storage.ipc.Race;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.SystemClock;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;

/// A relation that grows under those who read it.
class BufferPoolRaceTest {
  private static final RelFileLocator REL = new RelFileLocator(5, 16384);
  private static final int BLOCKS = 20_000;
  private static final int VALUE_AT = 4000;

  private static int call(IntSupplier operation) {
    while (true) {
      try {
        return operation.getAsInt();
      } catch (NotYet notYet) {
        notYet.until().toCompletionStage().toCompletableFuture().join();
      }
    }
  }

  /// One extends, another pins the last block as soon as it is counted: he finds the page as it was
  /// made, and it is in no second buffer.
  @Test
  void aNewBlockIsInItsBufferBeforeItIsCounted() throws Exception {
    Smgr smgr = new Smgr(new MemoryDisk(), new SystemClock(), Wakeup.direct());
    BufferPool pool =
        new BufferPool(256, smgr, new FlushedWal(), Wakeup.direct(), new Counters(() -> 1));
    AtomicInteger seen = new AtomicInteger(call(() -> pool.blocks(REL, Fork.MAIN)));
    new Race().with(() -> extend(pool, seen)).with(() -> readLast(pool, seen)).run();
  }

  private static void extend(BufferPool pool, AtomicInteger seen) {
    int blocks = call(() -> pool.blocks(REL, Fork.MAIN));
    if (blocks >= BLOCKS || seen.get() < blocks) {
      Thread.onSpinWait();
      return;
    }
    int buf = call(() -> pool.extend(REL, Fork.MAIN));
    PageLayout.init(pool.memory(), pool.offset(buf), 0);
    pool.memory().set(PageLayout.LONG, pool.offset(buf) + VALUE_AT, pool.blockOf(buf));
    pool.markDirty(buf);
    pool.release(buf);
  }

  private static void readLast(BufferPool pool, AtomicInteger seen) {
    int blocks = call(() -> pool.blocks(REL, Fork.MAIN));
    if (blocks == seen.get()) {
      Thread.onSpinWait();
      return;
    }
    int buf = call(() -> pool.pin(REL, Fork.MAIN, blocks - 1));
    pool.lockShared(buf);
    long value = pool.memory().get(PageLayout.LONG, pool.offset(buf) + VALUE_AT);
    pool.release(buf);
    Race.check(value == blocks - 1, "block " + (blocks - 1) + " says that it is " + value);
    seen.set(blocks);
  }

  private static final class FlushedWal implements WalFlush {
    @Override
    public long flushedLsn() {
      return Long.MAX_VALUE;
    }

    @Override
    public Future<Void> flush(long lsn) {
      return Future.succeededFuture();
    }

    @Override
    public long redoLsn() {
      return 0;
    }
  }
}
