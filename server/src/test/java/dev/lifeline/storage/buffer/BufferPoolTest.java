package dev.lifeline.storage.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageChecksum;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.Counters;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
  private static final RelFileLocator REL = new RelFileLocator(5, 16384);
  private static final int VALUE_AT = 4000;

  private static final Clock CLOCK =
      new Clock() {
        @Override
        public long epochMicros() {
          return 0;
        }

        @Override
        public long nanoTime() {
          return 0;
        }
      };

  /// A log that is flushed only when the test says so.
  private static final class FakeWal implements WalFlush {
    private volatile long flushed = Long.MAX_VALUE;
    private volatile long redo;
    private final Promise<Void> waiting = Promise.promise();

    @Override
    public long flushedLsn() {
      return flushed;
    }

    @Override
    public Future<Void> flush(long lsn) {
      return waiting.future();
    }

    @Override
    public long redoLsn() {
      return redo;
    }
  }

  private final MemoryDisk disk = new MemoryDisk();
  private final FakeWal wal = new FakeWal();
  private final Smgr smgr = new Smgr(disk, CLOCK, Wakeup.direct());
  private final Counters counters = new Counters(() -> 1);
  private final BufferPool pool = new BufferPool(16, smgr, wal, Wakeup.direct(), counters);

  private static <T> T call(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        notYet.until().toCompletionStage().toCompletableFuture().join();
      }
    }
  }

  private int pin(int block) {
    return call(() -> pool.pin(REL, Fork.MAIN, block));
  }

  /// So many pages, of which each says its number.
  private void makePages(int count) {
    for (int i = 0; i < count; i++) {
      int buf = call(() -> pool.extend(REL, Fork.MAIN));
      assertEquals(i, pool.blockOf(buf));
      PageLayout.init(pool.memory(), pool.offset(buf), 0);
      setValue(buf, i);
      pool.markDirty(buf);
      pool.release(buf);
    }
  }

  private long value(int buf) {
    return pool.memory().get(PageLayout.LONG, pool.offset(buf) + VALUE_AT);
  }

  private void setValue(int buf, long value) {
    pool.memory().set(PageLayout.LONG, pool.offset(buf) + VALUE_AT, value);
  }

  /// A block that was given out and that nobody came to write: without a sync the power may fail
  /// after a clean shutdown, whose files nobody looks through again.
  @Test
  void theCheckpointSyncsAnExtensionThatNobodyWrote() {
    pool.release(call(() -> pool.extend(REL, Fork.VM)));
    assertEquals(1, smgr.syncs().sync().toCompletionStage().toCompletableFuture().join().files());
  }

  @Test
  void pagesComeBackAfterTheyWereEvicted() {
    makePages(100);
    assertEquals(100, pool.blocks(REL, Fork.MAIN));
    for (int i = 0; i < 100; i++) {
      int buf = pin(i);
      assertEquals(i, value(buf));
      pool.unpin(buf);
    }
    assertTrue(counters.buffersBackend.sum() >= 84, "dirty pages had to be written");
  }

  @Test
  void aPoolOfPinnedBuffersHasNoRoom() {
    makePages(20);
    for (int i = 0; i < 16; i++) {
      pin(i);
    }
    PgException e = assertThrows(PgException.class, () -> pin(17));
    assertEquals("no unpinned buffers available", e.message());
  }

  @Test
  void aBlockThatIsNotThereIsSaidSo() {
    makePages(3);
    PgException e = assertThrows(PgException.class, () -> pin(3));
    assertEquals(SqlState.DATA_CORRUPTED, e.sqlState());
    assertEquals(
        "could not read block 3 in file \"base/5/16384\": read only 0 of 8192 bytes", e.message());
  }

  @Test
  void aDamagedPageIsRefusedAndCanBeReadOnceItIsRepaired() {
    makePages(40);
    DiskFile file = disk.open("base/5/16384").result();
    MemorySegment good = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    file.read(good, 0);
    MemorySegment bad = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8).copyFrom(good);
    bad.set(PageLayout.BYTE, 5000, (byte) 1);
    file.write(bad, 0);
    for (int i = 0; i < 2; i++) {
      PgException e = assertThrows(PgException.class, () -> pin(0));
      assertEquals("XX001", e.sqlState().code());
      assertEquals("invalid page in block 0 of relation base/5/16384", e.message());
    }
    assertEquals(2, counters.database(5).checksumFailures.sum());
    assertTrue(PageChecksum.verify(good, 0, 0));
    file.write(good, 0);
    int buf = pin(0);
    assertEquals(0, value(buf));
  }

  @Test
  void aPageIsNotWrittenBeforeItsWal() {
    makePages(1);
    int buf = pin(0);
    pool.lockExclusive(buf);
    PageLayout.setLsn(pool.memory(), pool.offset(buf), 500);
    setValue(buf, 77);
    pool.markDirty(buf);
    pool.release(buf);
    wal.flushed = 499;
    Future<Void> write = pool.io().write(buf);
    assertFalse(write.isComplete());
    MemorySegment seen = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    disk.open("base/5/16384").result().read(seen, 0);
    assertEquals(0, seen.get(PageLayout.LONG, VALUE_AT), "the change is not on the disk");
    wal.waiting.complete();
    assertTrue(write.succeeded());
    disk.open("base/5/16384").result().read(seen, 0);
    assertEquals(77, seen.get(PageLayout.LONG, VALUE_AT));
  }

  @Test
  void aHintIsWrittenOnlyWhileRedoWouldRestoreThePage() {
    makePages(1);
    int buf = pin(0);
    pool.lockExclusive(buf);
    PageLayout.setLsn(pool.memory(), pool.offset(buf), 500);
    pool.markDirty(buf);
    pool.unlock(buf);
    pool.io().write(buf);
    wal.redo = 600;
    setValue(buf, 1);
    pool.setHint(buf);
    pool.io().write(buf);
    MemorySegment seen = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    disk.open("base/5/16384").result().read(seen, 0);
    assertEquals(0, seen.get(PageLayout.LONG, VALUE_AT), "a torn write could not be repaired");
    wal.redo = 400;
    pool.setHint(buf);
    pool.io().write(buf);
    disk.open("base/5/16384").result().read(seen, 0);
    assertEquals(1, seen.get(PageLayout.LONG, VALUE_AT));
  }

  @Test
  void theCleanupLockNeedsToBeAlone() {
    makePages(1);
    int buf = pin(0);
    assertTrue(pool.tryCleanupLock(buf));
    pool.unlock(buf);
    pin(0);
    assertFalse(pool.tryCleanupLock(buf));
    pool.unpin(buf);
    assertTrue(pool.tryCleanupLock(buf));
  }

  @Test
  void droppedPagesAreNeitherWrittenNorFound() {
    makePages(10);
    assertTrue(pool.drop(REL, Fork.MAIN, 4).succeeded());
    assertEquals(BufferPool.INVALID, pool.pinIfResident(REL, Fork.MAIN, 4));
    int buf = pool.pinIfResident(REL, Fork.MAIN, 3);
    assertEquals(3, value(buf));
  }

  /// Threads add to random pages that do not all fit into the pool. Odds: with 3 threads, 40 pages
  /// and 16 buffers nearly every access evicts, and thousands of them meet on a page.
  @Test
  void nothingIsLostBetweenThreads() throws InterruptedException {
    int pages = 40;
    makePages(pages);
    AtomicLongArray expected = new AtomicLongArray(pages);
    for (int i = 0; i < pages; i++) {
      expected.set(i, i);
    }
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 3; t++) {
      Random random = new Random(t);
      Thread thread =
          new Thread(() -> {
            for (int i = 0; i < 20_000; i++) {
              int block = random.nextInt(pages);
              int buf = pin(block);
              assertEquals(block, pool.blockOf(buf));
              if (random.nextInt(3) == 0) {
                pool.lockShared(buf);
                assertTrue(value(buf) >= block);
              } else {
                pool.lockExclusive(buf);
                setValue(buf, value(buf) + 1);
                pool.markDirty(buf);
                expected.incrementAndGet(block);
              }
              pool.release(buf);
            }
          });
      thread.setUncaughtExceptionHandler((who, e) -> failures.add(e));
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(List.of(), failures);
    for (int i = 0; i < pages; i++) {
      int buf = pin(i);
      assertEquals(expected.get(i), value(buf), "page " + i);
      pool.unpin(buf);
    }
  }
}
