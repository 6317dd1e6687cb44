package dev.lifeline.storage.buffer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.storage.smgr.Smgr;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.Counters;
import io.vertx.core.Future;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/// What a ring is for: a big scan leaves the others their pages.
class BufferRingTest {
  private static final RelFileLocator HOT = new RelFileLocator(5, 16384);
  private static final RelFileLocator BIG = new RelFileLocator(5, 16385);
  private static final int HOT_PAGES = 100;
  private static final int BIG_PAGES = 1000;

  /// Everything is flushed up to an LSN that the test sets.
  private static final class FakeWal implements WalFlush {
    private long flushed = Long.MAX_VALUE;
    private int flushes;

    @Override
    public long flushedLsn() {
      return flushed;
    }

    @Override
    public Future<Void> flush(long lsn) {
      flushes++;
      flushed = Math.max(flushed, lsn);
      return Future.succeededFuture();
    }

    @Override
    public long redoLsn() {
      return 0;
    }
  }

  private final FakeWal wal = new FakeWal();
  private final Counters counters = new Counters(() -> 1);
  private final MemoryDisk disk = new MemoryDisk();
  private final BufferPool pool = pool(256);

  private BufferPool pool(int buffers) {
    Smgr smgr = new Smgr(disk, new StorageFixture.Time(), Wakeup.direct());
    return new BufferPool(buffers, smgr, wal, Wakeup.direct(), counters);
  }

  BufferRingTest() {
    fill(HOT, HOT_PAGES);
    fill(BIG, BIG_PAGES);
    for (int turn = 0; turn < 3; turn++) {
      for (int block = 0; block < HOT_PAGES; block++) {
        int page = block;
        pool.unpin(call(() -> pool.pin(HOT, Fork.MAIN, page)));
      }
    }
  }

  private static <T> T call(Supplier<T> operation) {
    while (true) {
      try {
        return operation.get();
      } catch (NotYet notYet) {
        assertTrue(notYet.until().succeeded());
      }
    }
  }

  private void fill(RelFileLocator rel, int pages) {
    disk.create(rel.path(Fork.MAIN, 0));
    for (int block = 0; block < pages; block++) {
      int buf = call(() -> pool.extend(rel, Fork.MAIN));
      PageLayout.init(pool.memory(), pool.offset(buf), 0);
      pool.markDirty(buf);
      pool.release(buf);
    }
  }

  private int hotPages() {
    int resident = 0;
    for (int block = 0; block < HOT_PAGES; block++) {
      int buf = pool.pinIfResident(HOT, Fork.MAIN, block);
      if (buf != BufferPool.INVALID) {
        resident++;
        pool.unpin(buf);
      }
    }
    return resident;
  }

  private int bigPages() {
    int resident = 0;
    for (int block = 0; block < BIG_PAGES; block++) {
      int buf = pool.pinIfResident(BIG, Fork.MAIN, block);
      if (buf != BufferPool.INVALID) {
        resident++;
        pool.unpin(buf);
      }
    }
    return resident;
  }

  /// Reads the big table three times, looking at each page twice; with a ring or without.
  private void scan(@org.jspecify.annotations.Nullable BufferRing ring) {
    for (int turn = 0; turn < 3; turn++) {
      for (int block = 0; block < BIG_PAGES; block++) {
        int page = block;
        pool.unpin(call(() -> pool.pin(BIG, Fork.MAIN, page, ring)));
        pool.unpin(call(() -> pool.pin(BIG, Fork.MAIN, page, ring)));
      }
    }
  }

  @Test
  void aScanThroughARingLeavesTheOthersTheirPages() {
    BufferRing ring = new BufferRing(BufferRing.Use.BULK_READ, pool);
    assertEquals(32, ring.size());
    assertTrue(BufferRing.isWorthwhile(65, pool) && !BufferRing.isWorthwhile(64, pool));
    assertEquals(HOT_PAGES, hotPages());
    scan(ring);
    assertEquals(HOT_PAGES, hotPages());
    assertTrue(ring.reused() >= 2_500, "reused " + ring.reused());
  }

  @Test
  void withoutARingItDrivesThemOut() {
    scan(null);
    assertTrue(hotPages() < HOT_PAGES / 2, hotPages() + " are left");
  }

  @Test
  void theSizesArePostgres() {
    BufferPool large = pool(20_000);
    assertEquals(32, new BufferRing(BufferRing.Use.BULK_READ, large).size());
    assertEquals(32, new BufferRing(BufferRing.Use.VACUUM, large).size());
    assertEquals(2048, new BufferRing(BufferRing.Use.BULK_WRITE, large).size());
    assertEquals(32, new BufferRing(BufferRing.Use.BULK_WRITE, pool).size());
  }

  @Test
  void aLoadWritesItsOwnPagesAndUsesNoMoreThanItsRing() {
    BufferRing ring = new BufferRing(BufferRing.Use.BULK_WRITE, pool);
    assertTrue(BufferSync.run(pool, done -> Future.succeededFuture()).succeeded());
    long before = counters.buffersBackend.sum();
    RelFileLocator loaded = new RelFileLocator(5, 16386);
    disk.create(loaded.path(Fork.MAIN, 0));
    for (int block = 0; block < 500; block++) {
      int buf = call(() -> pool.extend(loaded, Fork.MAIN, ring));
      PageLayout.init(pool.memory(), pool.offset(buf), 0);
      pool.markDirty(buf);
      pool.release(buf);
    }
    long written = counters.buffersBackend.sum() - before;
    assertTrue(written >= 500 - ring.size() && written <= 500, "wrote " + written);
    assertEquals(500 - ring.size(), ring.reused());
    assertEquals(HOT_PAGES, hotPages());
  }

  /// A reader does not flush the WAL for the pages that others have changed: they leave its ring.
  @Test
  void aReaderLeavesAPageToThoseWhoChangedIt() {
    BufferRing ring = new BufferRing(BufferRing.Use.BULK_READ, pool);
    call(() -> {
      int buf = pool.pin(BIG, Fork.MAIN, 0, ring);
      pool.lockExclusive(buf);
      PageLayout.setLsn(pool.memory(), pool.offset(buf), 1000);
      pool.markDirty(buf);
      pool.release(buf);
      return true;
    });
    wal.flushed = 999;
    for (int block = 1; block < 2 * ring.size(); block++) {
      int page = block;
      pool.unpin(call(() -> pool.pin(BIG, Fork.MAIN, page, ring)));
    }
    assertEquals(0, wal.flushes);
    assertTrue(pool.pinIfResident(BIG, Fork.MAIN, 0) != BufferPool.INVALID);
  }

  @Test
  void vacuumFlushesTheWalOfWhatItChanged() {
    BufferRing ring = new BufferRing(BufferRing.Use.VACUUM, pool);
    wal.flushed = 0;
    for (int block = 0; block < 3 * ring.size(); block++) {
      int page = block;
      int buf = call(() -> pool.pin(BIG, Fork.MAIN, page, ring));
      pool.lockExclusive(buf);
      PageLayout.setLsn(pool.memory(), pool.offset(buf), 1000 + block);
      pool.markDirty(buf);
      pool.release(buf);
    }
    assertTrue(wal.flushes > 0);
    assertTrue(ring.reused() >= ring.size(), "reused " + ring.reused());
    assertTrue(bigPages() < 200, "the ring holds " + bigPages());
  }

  /// `bgwriter_lru_maxpages` bounds a round, and 0 switches it off.
  @Test
  void theBackgroundWriterKeepsToItsLimit() {
    BgWriter writer = new BgWriter(pool);
    assertEquals(0, writer.round(0, 2.0).result().cleaned());
    scanDirty();
    BgWriter.Round bounded = writer.round(2, 100.0).result();
    assertEquals(2, bounded.cleaned());
    assertTrue(bounded.stoppedAtMax());
    scanDirty();
    BgWriter.Round free = writer.round(1000, 100.0).result();
    assertTrue(free.cleaned() > 2 && !free.stoppedAtMax(), free.toString());
    scanDirty();
    assertEquals(0, writer.round(1000, 0.0).result().cleaned(), "bgwriter_lru_multiplier 0");
  }

  private void scanDirty() {
    for (int block = 0; block < BIG_PAGES; block++) {
      int page = block;
      int buf = call(() -> pool.pin(BIG, Fork.MAIN, page));
      pool.lockExclusive(buf);
      pool.markDirty(buf);
      pool.release(buf);
    }
  }
}
