package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.transam.CheckpointRequest;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.file.DiskFile;
import dev.lifeline.storage.freespace.FreeSpaceMap;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.page.PageLayout;
import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/// The free space map on disk: known again after a restart, cut with the table, healed where it is
/// broken.
@NullUnmarked
class FreeSpaceForkTest {
  private static final int NUMBER = 30_000;
  private static final RelFileLocator FILE = new RelFileLocator(StorageFixture.DATABASE, NUMBER);

  private StorageFixture fixture = new StorageFixture(StorageFixture.config(256));
  private StorageFixture.Session session = fixture.session(1);
  private Table table = fixture.createTable(session, NUMBER, 100);

  private List<Long> insert(int rows) {
    List<Long> tids = new ArrayList<>();
    Xact xact = session.begin();
    for (int i = 0; i < rows; i++) {
      tids.add(fixture.run(() -> table.insert(xact, new byte[1000])));
    }
    session.commit(xact);
    return tids;
  }

  private void delete(List<Long> tids) {
    Xact xact = session.begin();
    tids.forEach(tid -> fixture.run(() -> table.delete(xact, tid)));
    session.commit(xact);
  }

  private void vacuum() {
    fixture.run(() ->
        fixture
            .shared
            .locks()
            .lockRelation(
                session.owner, StorageFixture.DATABASE, NUMBER, LockMode.SHARE_UPDATE_EXCLUSIVE));
    VacuumOptions options = new VacuumOptions("db", "public", "t", true, false, false);
    Vacuum vacuum = new Vacuum(fixture.heap, table, List.of(), session.owner, options);
    while (fixture.run(vacuum::step)) {}
    fixture.shared.locks().releaseAll(session.owner);
  }

  private void restart() {
    fixture.await(fixture.shared.checkpoint(CheckpointRequest.requested()));
    crash();
  }

  private void crash() {
    fixture.await(fixture.shared.abandon());
    fixture = new StorageFixture(StorageFixture.config(256), fixture.disk.copy());
    session = fixture.session(1);
    table = fixture.heap.open(FILE, NUMBER, 100);
  }

  private int fsmPages() {
    return fixture.run(() -> fixture.shared.buffers().blocks(FILE, Fork.FSM));
  }

  private DiskFile map() {
    return fixture.await(fixture.disk.open(FILE.path(Fork.FSM, 0)));
  }

  /// A page with room in the middle of a table of a hundred.
  private long makeHole() {
    List<Long> tids = insert(700);
    delete(tids.subList(350, 357));
    vacuum();
    return Tid.block(tids.get(350));
  }

  @Test
  void roomIsFoundAgainAfterARestart() {
    long hole = makeHole();
    restart();
    int blocks = fixture.run(table::blocks);
    assertEquals(hole, Tid.block(insert(1).getFirst()));
    assertEquals(blocks, fixture.run(table::blocks));
    assertEquals(List.of(), fixture.problems(table));
  }

  /// The entry is from before the crash, and what filled the page since was redone.
  @Test
  void anEntryThatIsTooGoodIsCorrected() {
    long hole = makeHole();
    fixture.await(fixture.shared.checkpoint(CheckpointRequest.requested()));
    assertEquals(hole, Tid.block(insert(7).getFirst()));
    crash();
    assertTrue(Tid.block(insert(1).getFirst()) >= 99, "not in the hole, which is full");
    restart();
    FreeSpaceMap map = ((HeapTable) table).state().freeSpace;
    fixture.run(map::load);
    assertEquals(0, map.freeBytes((int) hole) / 1000, "what the inserter saw went to the disk");
  }

  @Test
  void aTornPageIsBegunAnew() {
    makeHole();
    restart();
    MemorySegment garbage = MemorySegment.ofArray(new byte[512]).fill((byte) 77);
    fixture.await(map().write(garbage, 1024));
    assertTrue(Tid.block(insert(1).getFirst()) >= 99, "nothing is known");
    vacuum();
    restart();
    assertEquals(50, Tid.block(insert(1).getFirst()), "vacuum has found the hole again");
  }

  @Test
  void itIsCutWithTheTable() {
    List<Long> tids = insert(7 * (FreeSpaceMap.BLOCKS_PER_PAGE + 20));
    vacuum();
    assertEquals(2, fsmPages());
    delete(tids.subList(700, tids.size()));
    vacuum();
    assertEquals(100, fixture.run(table::blocks));
    assertEquals(1, fsmPages());
    assertEquals(List.of(), fixture.problems(table));
    crash();
    assertEquals(1, fsmPages());
    assertEquals(List.of(), fixture.problems(table));
  }

  /// Nothing is left of the map, and vacuum comes to its end.
  @Test
  void anEmptyTableHasNone() {
    delete(insert(700));
    vacuum();
    assertEquals(0, fixture.run(table::blocks));
    assertEquals(0, fsmPages());
    insert(1);
    vacuum();
    assertEquals(1, fsmPages());
    assertEquals(List.of(), fixture.problems(table));
  }

  /// As after a crash that has lost the end of the table, but not what the map says of it.
  @Test
  void entriesBeyondTheEndAreTakenBack() {
    makeHole();
    restart();
    fixture.run(() -> ((HeapTable) table).state().freeSpace.record(5_000, 8_000));
    fixture.run(() -> ((HeapTable) table).state().freeSpace.prepare(0));
    ((HeapTable) table).state().freeSpace.record(5_000, 7_000);
    assertEquals(1, fixture.problems(table).size(), "the verifier sees it");
    restart();
    assertEquals(List.of(), fixture.problems(table), "and it is gone when it is read");
    byte[] page = new byte[PageLayout.PAGE_SIZE];
    restart();
    fixture.await(map().read(MemorySegment.ofArray(page), 0));
    assertEquals(0, page[PageLayout.HEADER_SIZE + 5_000]);
    assertTrue(page[PageLayout.HEADER_SIZE + 50] != 0);
  }
}
