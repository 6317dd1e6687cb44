package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.storage.buffer.WalFlush;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.smgr.SyncQueue;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ClogTest {
  private static final int XIDS = ClogPage.XIDS;

  /// Remembers up to where it was asked to flush.
  private static final class FakeWal implements WalFlush {
    private long asked;

    @Override
    public long flushedLsn() {
      return asked;
    }

    @Override
    public Future<Void> flush(long lsn) {
      asked = lsn;
      return Future.succeededFuture();
    }

    @Override
    public long redoLsn() {
      return 0;
    }
  }

  private final MemoryDisk disk = new MemoryDisk();
  private final FakeWal wal = new FakeWal();

  private Clog clog() {
    return new Clog(disk, Wakeup.direct(), wal, new SyncQueue(disk, new StorageFixture.Time()));
  }

  private static XidStatus status(Clog clog, long xid) {
    try {
      return clog.status(xid);
    } catch (NotYet reading) {
      assertTrue(reading.until().succeeded());
      return clog.status(xid);
    }
  }

  @Test
  void specialXidsAreCommitted() {
    Clog clog = clog();
    assertEquals(XidStatus.COMMITTED, clog.status(Xact.BOOTSTRAP_XID));
    assertEquals(XidStatus.COMMITTED, clog.status(Xact.FROZEN_XID));
    assertEquals(XidStatus.ABORTED, clog.status(Xact.INVALID_XID));
  }

  @Test
  void statusesSurviveOnDiskAndTheWalGoesFirst() {
    Clog clog = clog();
    clog.start(3);
    Random random = new Random(3);
    List<XidStatus> statuses = List.of(XidStatus.values());
    int last = 3 * XIDS;
    XidStatus[] expected = new XidStatus[last];
    for (int xid = 3; xid < last; xid++) {
      clog.ensure(xid);
      expected[xid] = statuses.get(random.nextInt(statuses.size()));
      if (expected[xid] != XidStatus.IN_PROGRESS) {
        clog.set(xid, expected[xid], 1000L + xid);
      }
    }
    assertTrue(clog.flush().succeeded());
    assertEquals(
        true,
        wal.asked >= 1000L + 2 * XIDS,
        "the records are durable before the pages are written");
    Clog later = clog();
    for (int xid = 3; xid < last; xid += 7) {
      assertEquals(expected[xid], status(later, xid), "xid " + xid);
    }
  }

  @Test
  void nothingIsSaidOfTransactionsThatHaveNotBegun() {
    Clog clog = clog();
    clog.start(3);
    clog.set(500, XidStatus.COMMITTED, 1);
    clog.flush();
    Clog later = clog();
    later.start(400);
    assertEquals(XidStatus.IN_PROGRESS, status(later, 500));
  }

  @Test
  void oldCleanPagesLeaveTheMemory() {
    Clog clog = clog();
    clog.start(3);
    for (long page = 1; page < 200; page++) {
      clog.ensure(page * XIDS);
      clog.flush();
    }
    assertTrue(clog.pagesInMemory() <= 128, "in memory: " + clog.pagesInMemory());
    assertEquals(XidStatus.IN_PROGRESS, status(clog, 5));
  }

  @Test
  void aMissingFileIsAnError() {
    Clog clog = clog();
    clog.start(100L * XIDS);
    NotYet reading = assertThrows(NotYet.class, () -> clog.status(5));
    PgException e = (PgException) reading.until().cause();
    assertEquals("could not access status of transaction 0", e.message());
    assertEquals("Could not open file \"pg_xact/0000\": No such file or directory.", e.detail());
  }
}
