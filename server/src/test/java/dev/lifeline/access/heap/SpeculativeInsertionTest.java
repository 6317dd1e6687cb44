package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.MemoryDisk;
import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.Speculation;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.transam.Xact;
import io.vertx.core.Future;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Rows that are taken back, and those who meet them in a unique index meanwhile.
class SpeculativeInsertionTest {
  private static final byte[] KEY = {1, 2, 3};
  private static final VacuumOptions OPTIONS =
      new VacuumOptions("db", "public", "t", true, false, false);

  private final StorageFixture storage = new StorageFixture(StorageFixture.config(256));
  private final Session a = storage.session(1);
  private final Session b = storage.session(2);
  private final Table table = storage.createTable(a, 20000, 100);
  private final BTree index = storage.createIndex(a, 20001, table);
  private final Xact adding = a.begin();
  private final Xact other = b.begin();

  private long insert(Xact xact) {
    return storage.run(() -> table.insert(xact, new byte[] {7}));
  }

  private long entry(Xact xact, long tid, UniqueCheck check) {
    return storage.run(() -> index.insert(xact, KEY, tid, check));
  }

  private static int count(StorageFixture in, Session session, Table table) {
    Xact xact = session.begin();
    int[] rows = {0};
    TableScan scan = table.scan(xact, xact.snapshot());
    while (in.run(() -> scan.next((tid, m, at, length) -> rows[0]++, 100))) {}
    session.commit(xact);
    return rows[0];
  }

  @Test
  void aRowThatIsTakenBackIsInNobodysWay() {
    Speculation speculation = table.speculate(adding);
    long tid = insert(adding);
    assertEquals(Index.NO_CONFLICT, entry(adding, tid, UniqueCheck.PARTIAL));
    long theirs = insert(other);
    // Who would take his own back does not wait at all.
    assertEquals(tid, entry(other, theirs, UniqueCheck.PARTIAL));
    Future<?> waiting = storage.blocked(() -> index.insert(other, KEY, theirs, UniqueCheck.YES));
    storage.run(() -> table.retract(adding, tid));
    assertFalse(waiting.isComplete());
    speculation.end();
    assertTrue(waiting.isComplete(), "waits for the transaction");
    // The transaction that has taken it back is running still.
    assertEquals(Index.NO_CONFLICT, entry(other, theirs, UniqueCheck.YES));
    assertEquals(0, count(storage, storage.session(3), table));
    b.commit(other);
    a.commit(adding);
    assertEquals(1, count(storage, a, table));
    assertEquals(List.of(), storage.problems(table, index));
  }

  @Test
  void aRowThatStaysIsDecidedByItsTransaction() {
    Speculation speculation = table.speculate(adding);
    long tid = insert(adding);
    assertEquals(Index.NO_CONFLICT, entry(adding, tid, UniqueCheck.PARTIAL));
    long theirs = insert(other);
    storage.blocked(() -> index.insert(other, KEY, theirs, UniqueCheck.YES));
    speculation.end();
    speculation.end();
    Future<?> waiting = storage.blocked(() -> index.insert(other, KEY, theirs, UniqueCheck.YES));
    assertFalse(waiting.isComplete());
    a.commit(adding);
    storage.await(waiting);
    assertEquals(tid, entry(other, theirs, UniqueCheck.YES));
    b.abort(other);
    assertEquals(1, count(storage, a, table));
  }

  /// Its transaction commits: without its own record redo would bring the row back.
  @Test
  void aCrashDoesNotBringItBack() {
    table.speculate(adding).end();
    long gone = insert(adding);
    assertEquals(Index.NO_CONFLICT, entry(adding, gone, UniqueCheck.PARTIAL));
    storage.run(() -> table.retract(adding, gone));
    long tid = insert(adding);
    assertEquals(Index.NO_CONFLICT, entry(adding, tid, UniqueCheck.PARTIAL));
    a.commit(adding);
    MemoryDisk crashed = storage.disk.copy();

    StorageFixture again = new StorageFixture(StorageFixture.config(256), crashed);
    Table redone = again.heap.open(table.file(), 20000, 100);
    BTree tree = again.btrees.open(index.file(), 20001, redone);
    assertEquals(1, count(again, again.session(1), redone));
    assertEquals(List.of(), again.problems(redone, tree));
    Session vacuuming = again.session(2);
    Vacuum vacuum = new Vacuum(again.heap, redone, List.of(tree), vacuuming.owner, OPTIONS);
    while (again.run(vacuum::step)) {}
    assertEquals(1, vacuum.report().tuplesRemoved());
    assertEquals(List.of(), again.problems(redone, tree));
  }
}
