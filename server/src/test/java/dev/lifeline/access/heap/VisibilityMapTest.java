package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The visibility map: set by vacuum, cleared by changes, and as it was after a crash.
@NullUnmarked
class VisibilityMapTest {
  private static final int NUMBER = 30_000;

  private final StorageFixture fixture = new StorageFixture(StorageFixture.config(256));
  private final StorageFixture.Session session = fixture.session(1);
  private final Table table = fixture.createTable(session, NUMBER, 100);

  private List<Long> insert(StorageFixture f, StorageFixture.Session s, Table t, int rows) {
    List<Long> tids = new ArrayList<>();
    Xact xact = s.begin();
    for (int i = 0; i < rows; i++) {
      tids.add(f.run(() -> t.insert(xact, new byte[1000])));
    }
    s.commit(xact);
    return tids;
  }

  private static VacuumReport vacuum(
      StorageFixture f, StorageFixture.Session s, Table t, boolean freeze) {
    f.run(() ->
        f.shared
            .locks()
            .lockRelation(
                s.owner, StorageFixture.DATABASE, NUMBER, LockMode.SHARE_UPDATE_EXCLUSIVE));
    VacuumOptions options = new VacuumOptions("db", "public", "t", true, freeze, false);
    Vacuum vacuum = new Vacuum(f.heap, t, List.of(), s.owner, options);
    while (f.run(vacuum::step)) {}
    f.shared.locks().releaseAll(s.owner);
    return vacuum.report();
  }

  private static int status(StorageFixture f, Table t, int block) {
    return f.run(() -> ((HeapTable) t).visible().status(block));
  }

  @Test
  void vacuumSetsItAndEveryChangeClearsIt() {
    List<Long> tids = insert(fixture, session, table, 70);
    int blocks = table.blocks();
    assertEquals(10, blocks);
    assertEquals(0, status(fixture, table, 0));
    vacuum(fixture, session, table, false);
    for (int block = 0; block < blocks; block++) {
      assertEquals(VisibilityMap.VISIBLE, status(fixture, table, block));
    }
    Xact xact = session.begin();
    fixture.run(() -> table.delete(xact, tids.get(0)));
    fixture.run(() -> table.update(xact, tids.get(10), new byte[1000], true));
    fixture.run(() -> table.insert(xact, new byte[10]));
    session.commit(xact);
    assertEquals(0, status(fixture, table, Tid.block(tids.get(0))));
    assertEquals(0, status(fixture, table, Tid.block(tids.get(10))));
    assertEquals(VisibilityMap.VISIBLE, status(fixture, table, 5));
    assertEquals(List.of(), fixture.problems(table));
    vacuum(fixture, session, table, true);
    assertEquals(VisibilityMap.VISIBLE | VisibilityMap.FROZEN, status(fixture, table, 0));
  }

  @Test
  void aPageThatSomebodyDoesNotSeeIsNotInIt() {
    StorageFixture.Session other = fixture.session(2);
    insert(fixture, session, table, 7);
    Xact reader = other.begin(dev.lifeline.access.transam.IsolationLevel.REPEATABLE_READ);
    reader.snapshot();
    List<Long> later = insert(fixture, session, table, 7);
    vacuum(fixture, session, table, false);
    assertEquals(VisibilityMap.VISIBLE, status(fixture, table, 0));
    assertEquals(0, status(fixture, table, Tid.block(later.get(0))));
    other.commit(reader);
    vacuum(fixture, session, table, false);
    assertEquals(VisibilityMap.VISIBLE, status(fixture, table, Tid.block(later.get(0))));
  }

  /// A run of pages with nothing to do is passed over, but for the last page.
  @Test
  void vacuumPassesOverWhatEverybodySees() {
    List<Long> tids = insert(fixture, session, table, 700);
    assertEquals(100, vacuum(fixture, session, table, false).pagesScanned());
    assertEquals(1, vacuum(fixture, session, table, false).pagesScanned());
    Xact xact = session.begin();
    fixture.run(() -> table.delete(xact, tids.get(350)));
    session.commit(xact);
    VacuumReport report = vacuum(fixture, session, table, false);
    assertEquals(1, report.tuplesRemoved());
    assertEquals(2, report.pagesScanned());
    assertEquals(100, vacuum(fixture, session, table, true).pagesScanned(), "freezing looks again");
    assertEquals(1, vacuum(fixture, session, table, true).pagesScanned());
  }

  /// Without a full image of either page: the records themselves must set and clear the bits.
  @Test
  void redoSetsAndClearsTheBits() {
    List<Long> tids = insert(fixture, session, table, 70);
    fixture.await(fixture.shared.checkpoint(CheckpointRequest.requested()));
    Xact first = session.begin();
    // Images of all pages are in the log after this.
    tids.forEach(tid ->
        fixture.run(() ->
            table.lock(
                first,
                tid,
                RowLock.KEY_SHARE,
                dev.lifeline.access.table.LockWaitPolicy.BLOCK,
                dev.lifeline.access.table.TupleSink.NONE)));
    session.commit(first);
    vacuum(fixture, session, table, false);
    Xact xact = session.begin();
    fixture.run(() -> table.delete(xact, tids.get(0)));
    session.commit(xact);
    fixture.await(fixture.shared.abandon());
    StorageFixture again = new StorageFixture(StorageFixture.config(256), fixture.disk.copy());
    Table reopened =
        again.heap.open(new RelFileLocator(StorageFixture.DATABASE, NUMBER), NUMBER, 100);
    assertEquals(0, status(again, reopened, 0));
    for (int block = 1; block < reopened.blocks(); block++) {
      assertEquals(VisibilityMap.VISIBLE, status(again, reopened, block), "block " + block);
    }
    assertEquals(List.of(), again.problems(reopened));
  }

  @Test
  void whatWasCutOffIsForgotten() {
    List<Long> tids = insert(fixture, session, table, 700);
    vacuum(fixture, session, table, false);
    Xact xact = session.begin();
    for (Long tid : tids.subList(70, 700)) {
      fixture.run(() -> table.delete(xact, tid));
    }
    session.commit(xact);
    assertEquals(90, vacuum(fixture, session, table, false).pagesRemoved());
    insert(fixture, session, table, 70);
    assertTrue(table.blocks() > 15);
    assertEquals(0, status(fixture, table, 15));
    assertEquals(List.of(), fixture.problems(table));
  }
}
