package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.EngineEnvironment;
import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.RedoConfig;
import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.heap.HeapResourceManager;
import dev.lifeline.access.nbtree.BTreeResourceManager;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.events.RecoveryEvent;
import dev.lifeline.events.Subject;
import dev.lifeline.events.testing.RecordingEmitter;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.ipc.Wakeup;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Clock;
import dev.lifeline.utils.activity.RecoveryPrefetchCounters;
import dev.lifeline.utils.error.PgException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/// Redo looks ahead, and tells how far it is.
class RecoveryPrefetchTest {
  private static final long TABLE = 30000;
  private static final int BLOCKS = 60;

  private static EngineConfig config(boolean fullPageWrites) {
    EngineConfig d = StorageFixture.config(1024);
    return new EngineConfig(
        d.sharedBuffers(),
        d.walBuffers(),
        d.walSegmentSize(),
        true,
        fullPageWrites,
        d.minWalSize(),
        d.maxWalSize(),
        0.9,
        300_000,
        100,
        2.0,
        0,
        5,
        false);
  }

  private static RedoConfig prefetch(boolean on, int concurrency) {
    return new RedoConfig(on, 512 << 10, concurrency, 0);
  }

  /// A table that a checkpoint has written, of whose pages each was then changed twice; and a
  /// crash.
  private static MemoryDisk crashed(EngineConfig config) {
    StorageFixture storage = new StorageFixture(config);
    Session session = storage.session(1);
    Table table = storage.createTable(session, TABLE, 100);
    Xact filling = session.begin();
    for (int i = 0; i < BLOCKS * 10; i++) {
      storage.run(() -> table.insert(filling, new byte[770]));
    }
    session.commit(filling);
    storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
    Xact deleting = session.begin();
    for (int block = 0; block < BLOCKS; block++) {
      long first = Tid.of(block, 1);
      long second = Tid.of(block, 2);
      storage.run(() -> table.delete(deleting, first));
      storage.run(() -> table.delete(deleting, second));
    }
    session.commit(deleting);
    return storage.disk.copy();
  }

  private static void checkDeleted(StorageFixture storage) {
    Table table =
        storage.heap.open(new RelFileLocator(StorageFixture.DATABASE, TABLE), (int) TABLE, 100);
    assertEquals(List.of(), storage.problems(table));
    Session session = storage.session(1);
    Xact xact = session.begin();
    Snapshot snapshot = xact.snapshot();
    for (int block = 0; block < BLOCKS; block++) {
      for (int item = 1; item <= 3; item++) {
        long tid = Tid.of(block, item);
        FetchResult found =
            storage.run(() -> table.fetch(xact, snapshot, tid, (t, m, at, length) -> {}));
        assertEquals(item == 3, found == FetchResult.FOUND, "block " + block + ", item " + item);
      }
    }
    session.commit(xact);
  }

  @Test
  void blocksOfRecordsWithoutImagesAreReadAhead() {
    EngineConfig config = config(false);
    MemoryDisk disk = crashed(config);
    StorageFixture again = new StorageFixture(config.withRedo(prefetch(true, 10)), disk.copy());
    RecoveryPrefetchCounters counters = again.shared.counters().recoveryPrefetch;
    assertEquals(
        BLOCKS - 1, counters.prefetch.sum(), "all but that which asks for the file's length");
    assertTrue(
        counters.skipRep.sum() + counters.hit.sum() >= BLOCKS - 1, "the second change of each");
    assertEquals(0, counters.skipFpw.sum());
    assertEquals(0, counters.ioDepth());
    checkDeleted(again);
  }

  @Test
  void offNothingIsReadAhead() {
    EngineConfig config = config(false);
    MemoryDisk disk = crashed(config);
    for (RedoConfig off : List.of(prefetch(false, 10), prefetch(true, 0))) {
      StorageFixture again = new StorageFixture(config.withRedo(off), disk.copy());
      RecoveryPrefetchCounters counters = again.shared.counters().recoveryPrefetch;
      assertEquals(0, counters.prefetch.sum() + counters.hit.sum() + counters.skipRep.sum());
      checkDeleted(again);
    }
  }

  /// The crash tore the pages while they were written: their images are in the WAL, and what is on
  /// the disk must not even be looked at, for records of the same page follow each image.
  @Test
  void aPageOfWhichAnImageComesIsNotRead() {
    EngineConfig config = config(true);
    MemoryDisk disk = crashed(config);
    DiskFile file = disk.open("base/" + StorageFixture.DATABASE + "/" + TABLE).result();
    MemorySegment page = Arena.ofAuto().allocate(PageLayout.PAGE_SIZE, 8);
    for (int block = 0; block < BLOCKS; block++) {
      file.read(page, (long) block * PageLayout.PAGE_SIZE);
      page.asSlice(4096).fill((byte) 0x55);
      file.write(page, (long) block * PageLayout.PAGE_SIZE);
    }
    StorageFixture again = new StorageFixture(config, disk);
    RecoveryPrefetchCounters counters = again.shared.counters().recoveryPrefetch;
    assertEquals(0, counters.prefetch.sum());
    assertEquals(BLOCKS, counters.skipFpw.sum());
    assertEquals(
        0, again.shared.counters().database(StorageFixture.DATABASE).checksumFailures.sum());
    checkDeleted(again);
  }

  /// Each look at it takes a millisecond.
  private static final class SlowClock implements Clock {
    private long nanos;

    @Override
    public long nanoTime() {
      nanos += 1_000_000;
      return nanos;
    }

    @Override
    public long epochMicros() {
      return 1_767_225_600_000_000L;
    }
  }

  private static List<String> progress(MemoryDisk disk, long intervalMs, RecordingEmitter events) {
    StorageFixture.Time timers = new StorageFixture.Time();
    EngineConfig config =
        StorageFixture.config(1024).withRedo(new RedoConfig(true, 512 << 10, 10, intervalMs));
    SharedMemory shared =
        SharedMemory.create(
            config,
            new EngineEnvironment(
                disk, new SlowClock(), timers, Wakeup.direct(), events, panic -> {}),
            List.of(new HeapResourceManager(), new BTreeResourceManager()));
    List<String> told = new ArrayList<>();
    RecoveryListener listener =
        new RecoveryListener() {
          @Override
          public void found(ControlData control) {}

          @Override
          public void recoveryBegins() {}

          @Override
          public void redoStarts(long lsn) {}

          @Override
          public void redoInProgress(long lsn, long elapsedNanos) {
            told.add(String.format(Locale.ROOT, "%d ms", elapsedNanos / 1_000_000));
          }

          @Override
          public void endOfWal(String reason) {}

          @Override
          public void redoDone(long lastRecordLsn, long elapsedNanos) {}

          @Override
          public void redoNotRequired() {}

          @Override
          public void orphanRemoved(String path) {}

          @Override
          public void report(PgException message) {}
        };
    var recovered = shared.recover(new Subject("startup", 7), listener);
    while (!recovered.isComplete() && timers.runOne(Long.MAX_VALUE)) {}
    assertTrue(recovered.succeeded(), () -> String.valueOf(recovered.cause()));
    return told;
  }

  @Test
  void progressIsToldAsOftenAsTheIntervalSays() {
    StorageFixture storage = new StorageFixture(config(true));
    Session session = storage.session(1);
    Table table = storage.createTable(session, TABLE, 100);
    Xact xact = session.begin();
    for (int i = 0; i < 6000; i++) {
      storage.run(() -> table.insert(xact, new byte[50]));
    }
    session.commit(xact);
    RecordingEmitter events = new RecordingEmitter();
    assertEquals(
        List.of("3 ms", "6 ms", "9 ms"), progress(storage.disk.copy(), 3, events).subList(0, 3));
    assertTrue(events.events(RecoveryEvent.Progressed.class).size() >= 3);
    assertEquals(List.of(), progress(storage.disk.copy(), 0, new RecordingEmitter()));
    assertEquals(List.of(), progress(storage.disk.copy(), 10_000, new RecordingEmitter()));
  }
}
