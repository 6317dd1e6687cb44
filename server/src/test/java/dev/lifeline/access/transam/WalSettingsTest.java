package dev.lifeline.access.transam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.EngineConfig;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.table.Table;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the parameters of WAL and checkpoints do.
class WalSettingsTest {
  private static final int SEGMENT = 1 << 20;

  private static EngineConfig config(
      long minWal, long maxWal, int commitDelay, int siblings, boolean archive) {
    return new EngineConfig(
        1024,
        1 << 20,
        SEGMENT,
        true,
        true,
        minWal,
        maxWal,
        0.5,
        10_000,
        100,
        2.0,
        commitDelay,
        siblings,
        archive);
  }

  private static EngineConfig plain() {
    return config(2L * SEGMENT, 64L * SEGMENT, 0, 5, false);
  }

  private static byte[] row(int n) {
    byte[] row = new byte[1000];
    row[n % 1000] = (byte) n;
    return row;
  }

  private static void fill(StorageFixture storage, Session session, Table table, int rows) {
    Xact xact = session.begin();
    for (int i = 0; i < rows; i++) {
      byte[] row = row(i);
      storage.run(() -> table.insert(xact, row));
    }
    session.commit(xact);
  }

  private static CheckpointReport checkpoint(StorageFixture storage) {
    return storage.await(storage.shared.checkpoint(CheckpointRequest.requested()));
  }

  private static List<String> names(StorageFixture storage, String directory) {
    return storage.disk.list(directory).result();
  }

  @Test
  void compressedImagesTakeLessAndComeBack() {
    long[] bytes = new long[2];
    for (int on = 0; on < 2; on++) {
      StorageFixture storage = new StorageFixture(plain().withWal(on == 1, true, true));
      Session session = storage.session(1);
      Table table = storage.createTable(session, 30000, 100);
      fill(storage, session, table, 400);
      checkpoint(storage);
      long before = storage.shared.counters().walBytes.sum();
      Xact xact = session.begin();
      for (int block = 0; block < 50; block++) {
        long tid = dev.lifeline.access.table.Tid.of(block, 1);
        storage.run(() -> table.delete(xact, tid));
      }
      session.commit(xact);
      bytes[on] = storage.shared.counters().walBytes.sum() - before;
      StorageFixture again = new StorageFixture(plain(), storage.disk.copy());
      Session reader = again.session(1);
      Table reopened = again.heap.open(table.file(), 30000, 100);
      assertEquals(350, count(again, reader, reopened));
    }
    assertTrue(bytes[0] > 50 * 7000 && bytes[1] < bytes[0] / 5, bytes[1] + " of " + bytes[0]);
  }

  private static int count(StorageFixture storage, Session session, Table table) {
    Xact xact = session.begin();
    int[] rows = {0};
    var scan = table.scan(xact, xact.latestSnapshot());
    while (storage.run(() -> scan.next((tid, m, at, length) -> rows[0]++, 1000))) {}
    session.commit(xact);
    return rows[0];
  }

  @Test
  void aSegmentThatIsNotFilledHasItsLength() {
    StorageFixture storage = new StorageFixture(plain().withWal(false, false, true));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 30000, 100);
    fill(storage, session, table, 3000);
    List<String> segments = names(storage, "pg_wal");
    assertTrue(segments.size() > 3, segments.toString());
    for (String segment : segments) {
      long size = storage.disk.open("pg_wal/" + segment).result().size().result();
      assertEquals(SEGMENT, size, segment);
    }
    StorageFixture again = new StorageFixture(plain(), storage.disk.copy());
    assertEquals(3000, count(again, again.session(1), again.heap.open(table.file(), 30000, 100)));
  }

  @Test
  void oldSegmentsAreRecycledUnlessTheyAreNotTo() {
    for (boolean recycle : new boolean[] {true, false}) {
      EngineConfig config = config(8L * SEGMENT, 64L * SEGMENT, 0, 5, false);
      StorageFixture storage = new StorageFixture(config.withWal(false, true, recycle));
      Session session = storage.session(1);
      Table table = storage.createTable(session, 30000, 100);
      fill(storage, session, table, 4000);
      CheckpointReport report = checkpoint(storage);
      int old = report.segmentsRecycled() + report.segmentsRemoved();
      assertTrue(old >= 3, report.toString());
      assertEquals(recycle ? old : 0, report.segmentsRecycled());
    }
  }

  @Test
  void aFullSegmentIsReadyForTheArchiverAndStaysUntilItIsDone() {
    StorageFixture storage = new StorageFixture(config(SEGMENT, 8L * SEGMENT, 0, 5, true));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 30000, 100);
    fill(storage, session, table, 4000);
    List<String> ready = names(storage, "pg_wal/archive_status");
    assertTrue(ready.size() >= 3, ready.toString());
    assertEquals("000000010000000000000001.ready", ready.getFirst());
    CheckpointReport kept = checkpoint(storage);
    assertEquals(0, kept.segmentsRecycled() + kept.segmentsRemoved());
    for (String name : ready) {
      String path = "pg_wal/archive_status/" + name;
      storage.disk.rename(path, path.replace(".ready", ".done"));
    }
    fill(storage, session, table, 10);
    CheckpointReport given = checkpoint(storage);
    assertEquals(ready.size(), given.segmentsRecycled() + given.segmentsRemoved());
    assertFalse(names(storage, "pg_wal").contains("000000010000000000000001"));
    assertTrue(
        names(storage, "pg_wal/archive_status").stream().noneMatch(n -> n.endsWith(".done")));
  }

  @Test
  void commitDelayWaitsForCompany() {
    StorageFixture storage = new StorageFixture(config(SEGMENT, 8L * SEGMENT, 1000, 1, false));
    Session first = storage.session(1);
    Session second = storage.session(2);
    Session third = storage.session(3);
    Table table = storage.createTable(first, 30000, 100);
    Xact a = first.begin();
    Xact b = second.begin();
    Xact c = third.begin();
    for (Xact xact : List.of(a, b, c)) {
      storage.run(() -> table.insert(xact, row(1)));
    }
    long before = storage.shared.counters().walSync.sum();
    Future<Void> one = a.commit();
    Future<Void> two = b.commit();
    storage.time.settle();
    assertFalse(one.isComplete() || two.isComplete(), "they wait for company");
    storage.time.advance(1);
    assertTrue(one.isComplete() && two.isComplete());
    assertEquals(1, storage.shared.counters().walSync.sum() - before, "they share a flush");
    Future<Void> alone = c.commit();
    storage.time.settle();
    assertTrue(alone.isComplete(), "too few others run");
  }

  /// Written over half of `checkpoint_timeout`, at an even pace.
  @Test
  void aTimedCheckpointIsSpread() {
    StorageFixture storage = new StorageFixture(plain());
    Session session = storage.session(1);
    Table table = storage.createTable(session, 30000, 100);
    fill(storage, session, table, 4000);
    long dirty = 4000 / 8;
    Future<CheckpointReport> done = storage.shared.checkpoint(CheckpointRequest.timed());
    List<Long> written = new ArrayList<>();
    long before = writes(storage);
    for (int second = 1; second <= 5; second++) {
      storage.time.advance(1000);
      written.add(writes(storage) - before);
    }
    storage.time.advance(500);
    assertTrue(done.succeeded(), String.valueOf(done.cause()));
    assertTrue(done.result().buffersWritten() >= dirty, done.result().toString());
    for (int second = 1; second <= 4; second++) {
      double share = (double) written.get(second - 1) / done.result().buffersWritten();
      assertEquals(second / 5.0, share, 0.1, "after " + second + " s: " + written);
    }
    assertTrue(done.result().writeSeconds() > 4, done.result().toString());
  }

  /// Pages of the table that are on the disk: those that are not zeros.
  private static long writes(StorageFixture storage) {
    var file = storage.disk.open("base/5/30000").result();
    long size = file.size().result();
    var memory = java.lang.foreign.Arena.ofAuto().allocate(size, 8);
    file.read(memory, 0);
    long pages = 0;
    for (long at = 0; at < size; at += 8192) {
      pages += memory.get(dev.lifeline.storage.page.PageLayout.SHORT, at + 16) == 0 ? 0 : 1;
    }
    return pages;
  }

  /// Whoever cannot wait makes a spread checkpoint hurry.
  @Test
  void anImpatientRequestMakesItHurry() {
    StorageFixture storage = new StorageFixture(plain());
    Session session = storage.session(1);
    Table table = storage.createTable(session, 30000, 100);
    fill(storage, session, table, 4000);
    Future<CheckpointReport> spread = storage.shared.checkpoint(CheckpointRequest.timed());
    storage.time.advance(500);
    assertFalse(spread.isComplete());
    Future<CheckpointReport> at = storage.shared.checkpoint(CheckpointRequest.requested());
    storage.time.advance(300);
    assertTrue(spread.isComplete() && at.isComplete());
  }

  /// A third of it is left for what is written while the checkpoint runs.
  @Test
  void maxWalSizeAsksForACheckpoint() {
    StorageFixture storage = new StorageFixture(config(2L * SEGMENT, 6L * SEGMENT, 0, 5, false));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 30000, 100);
    assertFalse(storage.shared.isWalFull());
    fill(storage, session, table, 3000);
    assertFalse(storage.shared.isWalFull(), "3 of 6 MB");
    fill(storage, session, table, 1500);
    assertTrue(storage.shared.isWalFull(), "4.5 of 6 MB, and half of that again is to come");
    checkpoint(storage);
    assertFalse(storage.shared.isWalFull());
  }
}
