package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.Workload;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.events.VacuumEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VacuumTest {
  private static final VacuumOptions OPTIONS =
      new VacuumOptions("db", "public", "t", true, false, false);

  private final StorageFixture storage = new StorageFixture(StorageFixture.config(512));
  private final Session session = storage.session(1);
  private final Table table = storage.createTable(session, 20000, 100);
  private final BTree index = storage.createIndex(session, 20001, table);
  private final List<Long> tids = new ArrayList<>();

  private void fill(int rows) {
    Xact xact = session.begin();
    for (int i = 0; i < rows; i++) {
      int key = i;
      long tid = storage.run(() -> table.insert(xact, new byte[200]));
      storage.run(() -> index.insert(xact, Workload.key(key), tid, UniqueCheck.YES));
      tids.add(tid);
    }
    session.commit(xact);
  }

  private void delete(int from, int to) {
    Xact xact = session.begin();
    for (long tid : tids.subList(from, to)) {
      assertTrue(storage.run(() -> table.delete(xact, tid)).ok());
    }
    session.commit(xact);
  }

  private VacuumReport vacuum(List<BTree> indexes) {
    return vacuum(indexes, OPTIONS);
  }

  private VacuumReport vacuum(List<BTree> indexes, VacuumOptions options) {
    Vacuum vacuum = new Vacuum(storage.heap, table, indexes, session.owner, options);
    while (storage.run(vacuum::step)) {}
    return vacuum.report();
  }

  @Test
  void deadRowsGoAndTheirSpaceIsUsedAgain() {
    fill(1000);
    int blocks = storage.run(table::blocks);
    delete(0, 500);
    VacuumReport report = vacuum(List.of(index));
    assertEquals(500, report.tuplesRemoved());
    assertEquals(500, report.tuplesRemaining());
    assertEquals(500.0, report.liveTuples());
    assertEquals(0, report.tuplesDeadNotYet());
    assertEquals(1, report.indexScans());
    assertEquals(blocks, report.pagesRemaining());
    assertEquals(0, report.pagesRemoved());
    assertTrue(report.walBytes() > 0);
    VacuumReport.IndexReport indexReport = report.indexes().getFirst();
    assertEquals(500, indexReport.tuplesRemoved());
    assertEquals(500, indexReport.tuples());
    assertEquals(List.of(), storage.problems(table, index));
    tids.clear();
    Xact xact = session.begin();
    for (int i = 0; i < 450; i++) {
      storage.run(() -> table.insert(xact, new byte[200]));
    }
    session.commit(xact);
    assertEquals(blocks, storage.run(table::blocks));
    assertEquals(List.of(), storage.problems(table, index));
    VacuumEvent.Completed event = storage.events.events(VacuumEvent.Completed.class).getFirst();
    assertEquals(500, event.tuplesRemoved());
    assertEquals("t", event.relname());
  }

  @Test
  void whatASnapshotSeesStays() {
    fill(100);
    Session old = storage.session(2);
    Xact reader = old.begin(IsolationLevel.REPEATABLE_READ);
    reader.snapshot();
    delete(0, 60);
    VacuumReport report = vacuum(List.of(index));
    assertEquals(0, report.tuplesRemoved());
    assertEquals(60, report.tuplesDeadNotYet());
    assertEquals(100, report.tuplesRemaining());
    assertEquals(0, report.indexScans());
    old.commit(reader);
    report = vacuum(List.of(index));
    assertEquals(60, report.tuplesRemoved());
    assertEquals(40, report.tuplesRemaining());
  }

  @Test
  void emptyPagesAtTheEndAreCutOff() {
    fill(2000);
    int blocks = storage.run(table::blocks);
    delete(1000, 2000);
    VacuumReport report = vacuum(List.of(index));
    assertTrue(report.pagesRemoved() >= blocks / 2 - 2, report.toString());
    assertEquals(blocks - report.pagesRemoved(), storage.run(table::blocks));
    assertEquals(List.of(), storage.problems(table, index));
    fill(0);
    Xact xact = session.begin();
    storage.run(() -> table.insert(xact, new byte[200]));
    session.commit(xact);
    assertEquals(List.of(), storage.problems(table, index));
  }

  private static VacuumOptions cleaning(IndexCleanup indexCleanup) {
    return new VacuumOptions(
        "db", "public", "t", true, 50_000_000, false, false, false, 0, 0, false, indexCleanup);
  }

  /// Dead line pointers on less than 2 % of the pages wait for more to come, as in PostgreSQL.
  @Test
  void aFewDeadRowsAreNotWorthAPassOverTheIndexes() {
    fill(6000);
    int blocks = storage.run(table::blocks);
    assertTrue(blocks > 150 && blocks < 200, blocks + " blocks");
    // A page has 35 of them.
    delete(0, 60);
    VacuumReport report = vacuum(List.of(index), cleaning(IndexCleanup.AUTO));
    assertEquals(60, report.tuplesRemoved());
    assertEquals(60, report.deadItems());
    assertEquals(0, report.indexScans());
    assertTrue(report.deadItemsLeft());
    assertEquals(List.of(), storage.problems(table, index));
    delete(60, 200);
    report = vacuum(List.of(index), cleaning(IndexCleanup.OFF));
    assertEquals(0, report.indexScans());
    report = vacuum(List.of(index), cleaning(IndexCleanup.AUTO));
    assertEquals(1, report.indexScans(), "there are dead ones on 6 pages");
    assertEquals(200, report.indexes().getFirst().tuplesRemoved());
    delete(200, 210);
    report = vacuum(List.of(index), cleaning(IndexCleanup.ON));
    assertEquals(1, report.indexScans());
    assertEquals(List.of(), storage.problems(table, index));
  }

  @Test
  void withoutIndexesLinePointersAreFreedAtOnce() {
    fill(300);
    delete(0, 300);
    VacuumReport report = vacuum(List.of());
    assertEquals(300, report.tuplesRemoved());
    assertEquals(0, report.indexScans());
    assertEquals(0, report.pagesRemaining());
    assertEquals(0, storage.run(table::blocks));
  }

  /// Random work with vacuums in between against a model, and the verifiers after each round.
  @Test
  void randomWorkAgreesWithTheModel() {
    for (long seed = 1; seed <= 4; seed++) {
      StorageFixture fresh = new StorageFixture(StorageFixture.config(seed % 2 == 0 ? 24 : 512));
      Session worker = fresh.session(1);
      Workload workload = new Workload(fresh, worker, new Random(seed));
      for (int round = 0; round < 4; round++) {
        workload.run(60);
        assertEquals(workload.expected(), Workload.content(fresh, worker, workload.table));
        assertEquals(List.of(), fresh.problems(workload.table, workload.index));
        VacuumReport report = workload.vacuum();
        assertEquals(workload.expected().size(), report.liveTuples());
        assertEquals(List.of(), fresh.problems(workload.table, workload.index));
      }
      assertEquals(workload.expected(), Workload.content(fresh, worker, workload.table));
    }
  }
}
