package dev.lifeline.access.heap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.Tid;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapTableTest {
  private final StorageFixture storage = new StorageFixture(StorageFixture.config(256));
  private final Session a = storage.session(1);
  private final Session b = storage.session(2);
  private final Session c = storage.session(3);
  private final Table table = storage.createTable(a, 20000, 100);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static TupleSink into(List<String> rows) {
    return (tid, m, at, length) ->
        rows.add(
            new String(
                m.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8));
  }

  private List<String> rows(Xact xact, Snapshot snapshot) {
    List<String> rows = new ArrayList<>();
    TableScan scan = table.scan(xact, snapshot);
    while (storage.run(() -> scan.next(into(rows), 100))) {}
    return rows;
  }

  /// What a session sees in a transaction of its own.
  private List<String> rows(Session session) {
    Xact xact = session.begin();
    List<String> rows = rows(xact, xact.snapshot());
    session.commit(xact);
    return rows;
  }

  private long insert(Xact xact, String text) {
    return storage.run(() -> table.insert(xact, bytes(text)));
  }

  private ModifyResult update(Xact xact, long tid, String text) {
    return storage.run(() -> table.update(xact, tid, bytes(text), false));
  }

  private long committed(String text) {
    Xact xact = a.begin();
    long tid = insert(xact, text);
    a.commit(xact);
    return tid;
  }

  @Test
  void commandsSeeWhatEarlierOnesDid() {
    Xact xact = a.begin();
    Snapshot before = xact.snapshot();
    long tid = insert(xact, "x");
    assertEquals(List.of(), rows(xact, before));
    xact.nextCommand();
    assertEquals(List.of("x"), rows(xact, xact.snapshot()));
    assertEquals(List.of(), rows(b));
    Snapshot cursor = xact.snapshot();
    // Inserted and updated by one transaction: a combo command id.
    long next = update(xact, tid, "y").tid();
    assertEquals(List.of("x"), rows(xact, cursor));
    xact.nextCommand();
    assertEquals(List.of("y"), rows(xact, xact.snapshot()));
    assertEquals(List.of("x"), rows(xact, cursor));
    assertEquals(Status.INVISIBLE, update(xact, tid, "z").status());
    storage.run(() -> table.delete(xact, next));
    assertEquals(Status.SELF_MODIFIED, update(xact, next, "z").status());
    a.commit(xact);
    assertEquals(List.of(), rows(b));
  }

  @Test
  void repeatableReadKeepsItsSnapshot() {
    long tid = committed("1");
    Xact reader = b.begin(IsolationLevel.REPEATABLE_READ);
    assertEquals(List.of("1"), rows(reader, reader.snapshot()));
    Xact writer = a.begin();
    update(writer, tid, "2");
    insert(writer, "new");
    a.commit(writer);
    reader.nextCommand();
    assertEquals(List.of("1"), rows(reader, reader.snapshot()));
    b.commit(reader);
    assertEquals(List.of("2", "new"), rows(c));
  }

  @Test
  void rolledBackWorkIsNeverSeen() {
    long tid = committed("1");
    Xact xact = a.begin();
    update(xact, tid, "2");
    insert(xact, "3");
    a.abort(xact);
    assertEquals(List.of("1"), rows(b));
    Xact again = b.begin();
    assertEquals(Status.OK, update(again, tid, "4").status());
    b.commit(again);
    assertEquals(List.of("4"), rows(c));
  }

  @Test
  void savepointsUndoTheirPart() {
    long tid = committed("1");
    Xact xact = a.begin();
    long outer = insert(xact, "outer");
    xact.nextCommand();
    xact.beginSub();
    update(xact, tid, "2");
    insert(xact, "inner");
    update(xact, outer, "outer2");
    xact.nextCommand();
    assertEquals(3, rows(xact, xact.snapshot()).size());
    xact.abortSub();
    xact.nextCommand();
    assertEquals(List.of("1", "outer"), rows(xact, xact.snapshot()));
    xact.beginSub();
    update(xact, tid, "5");
    xact.commitSub();
    a.commit(xact);
    assertEquals(List.of("outer", "5"), rows(b));
  }

  @Test
  void theSecondUpdaterWaitsAndIsSentToTheNewVersion() {
    long tid = committed("1");
    Xact first = a.begin();
    Xact second = b.begin();
    Xact third = c.begin();
    long newTid = update(first, tid, "2").tid();
    Future<?> waiting = storage.blocked(() -> table.update(second, tid, bytes("3"), false));
    // The third stands behind the second, for the tuple.
    storage.blocked(() -> table.update(third, tid, bytes("4"), false));
    assertEquals(
        List.of("transactionid", "tuple"),
        storage.shared.locks().list().stream()
            .filter(lock -> !lock.granted())
            .map(lock -> lock.tag().type().pgName())
            .sorted()
            .toList());
    a.commit(first);
    storage.await(waiting);
    ModifyResult result = update(second, tid, "3");
    assertEquals(Status.UPDATED, result.status());
    assertEquals(newTid, result.tid());
    assertEquals(Status.OK, update(second, newTid, "3").status());
    b.commit(second);
    result = update(third, tid, "4");
    assertEquals(Status.UPDATED, result.status());
    result = update(third, result.tid(), "4");
    assertEquals(Status.UPDATED, result.status());
    assertEquals(Status.OK, update(third, result.tid(), "4").status());
    c.commit(third);
    assertEquals(List.of("4"), rows(a));
    assertTrue(storage.shared.locks().list().isEmpty());
  }

  @Test
  void aWaiterTakesTheRowWhenTheOtherRollsBack() {
    long tid = committed("1");
    Xact first = a.begin();
    storage.run(() -> table.delete(first, tid));
    Xact second = b.begin();
    Future<?> waiting = storage.blocked(() -> table.update(second, tid, bytes("2"), true));
    a.abort(first);
    storage.await(waiting);
    assertEquals(Status.OK, update(second, tid, "2").status());
    b.commit(second);
    assertEquals(List.of("2"), rows(c));
  }

  @Test
  void twoUpdatersInACircleAreADeadlock() {
    long one = committed("1");
    long two = committed("2");
    Xact first = a.begin();
    Xact second = b.begin();
    update(first, one, "1a");
    update(second, two, "2b");
    Future<?> firstWaits = storage.blocked(() -> table.update(first, two, bytes("2a"), false));
    Future<?> secondWaits = storage.blocked(() -> table.update(second, one, bytes("1b"), false));
    storage.time.advance(1001);
    PgException error = (PgException) firstWaits.cause();
    assertEquals("40P01", error.sqlState().code());
    long firstXid = first.xid();
    long secondXid = second.xid();
    assertEquals(
        "Process 1 waits for ShareLock on transaction "
            + secondXid
            + "; blocked by process 2.\nProcess 2 waits for ShareLock on transaction "
            + firstXid
            + "; blocked by process 1.",
        error.detail());
    a.abort(first);
    storage.await(secondWaits);
    assertEquals(Status.OK, update(second, one, "1b").status());
    b.commit(second);
    assertEquals(List.of("1b", "2b"), rows(c).stream().sorted().toList());
  }

  @Test
  void rowLocksShareAndExclude() {
    long tid = committed("1");
    Xact first = a.begin();
    Xact second = b.begin();
    Xact third = c.begin();
    List<String> got = new ArrayList<>();
    assertTrue(lock(first, tid, RowLock.KEY_SHARE, got).ok());
    assertTrue(lock(second, tid, RowLock.SHARE, got).ok());
    assertEquals(List.of("1", "1"), got);
    assertEquals(Status.WOULD_BLOCK, lock(third, tid, RowLock.UPDATE, got).status());
    assertEquals(Status.WOULD_BLOCK, lock(third, tid, RowLock.NO_KEY_UPDATE, got).status());
    b.commit(second);
    // An update that leaves the key alone goes past the key share lock and keeps it.
    ModifyResult updated = update(third, tid, "2");
    assertEquals(Status.OK, updated.status());
    c.commit(third);
    Xact fourth = b.begin();
    assertEquals(Status.WOULD_BLOCK, lock(fourth, updated.tid(), RowLock.UPDATE, got).status());
    a.commit(first);
    assertTrue(lock(fourth, updated.tid(), RowLock.UPDATE, got).ok());
    b.commit(fourth);
  }

  private ModifyResult lock(Xact xact, long tid, RowLock strength, List<String> got) {
    return storage.run(() -> table.lock(xact, tid, strength, LockWaitPolicy.RETURN, into(got)));
  }

  @Test
  void updatesOfOtherColumnsStayOnThePageAndArePruned() {
    long root = committed("0");
    long tid = root;
    byte[] filler = new byte[500];
    for (int i = 1; i <= 200; i++) {
      Xact xact = a.begin();
      String text = i + new String(filler, StandardCharsets.UTF_8);
      ModifyResult result = update(xact, tid, text);
      assertEquals(Status.OK, result.status());
      assertFalse(result.needsIndexEntries(), "update " + i);
      tid = result.tid();
      a.commit(xact);
    }
    assertEquals(1, storage.run(table::blocks));
    Xact reader = b.begin();
    List<String> found = new ArrayList<>();
    assertEquals(
        FetchResult.FOUND,
        storage.run(() -> table.fetch(reader, reader.snapshot(), root, into(found))));
    assertTrue(found.getFirst().startsWith("200"));
    b.commit(reader);
    assertEquals(List.of(), storage.problems(table));
  }

  @Test
  void aSnapshotKeepsItsVersionFromPruning() {
    long root = committed("0");
    Xact reader = b.begin(IsolationLevel.REPEATABLE_READ);
    Snapshot snapshot = reader.snapshot();
    long tid = root;
    String filler = "x".repeat(1000);
    for (int i = 1; i <= 20; i++) {
      Xact xact = a.begin();
      tid = update(xact, tid, i + filler).tid();
      a.commit(xact);
    }
    assertEquals(List.of("0"), rows(reader, snapshot));
    b.commit(reader);
    assertEquals(List.of("20" + filler), rows(c));
    assertEquals(List.of(), storage.problems(table));
  }

  @Test
  void changedKeysNeedIndexEntries() {
    long tid = committed("1");
    Xact xact = a.begin();
    ModifyResult result = storage.run(() -> table.update(xact, tid, bytes("2"), true));
    assertTrue(result.needsIndexEntries());
    a.commit(xact);
    Xact reader = b.begin();
    List<String> found = new ArrayList<>();
    assertNotEquals(
        FetchResult.FOUND,
        storage.run(() -> table.fetch(reader, reader.snapshot(), tid, into(found))));
    assertEquals(
        FetchResult.FOUND,
        storage.run(() -> table.fetch(reader, reader.snapshot(), result.tid(), into(found))));
    b.commit(reader);
  }

  @Test
  void aRowBiggerThanAPageIsRefused() {
    Xact xact = a.begin();
    PgException error = assertThrows(PgException.class, () -> table.insert(xact, new byte[9000]));
    assertEquals("54000", error.sqlState().code());
    assertEquals("row is too big: size 9028, maximum size 8152", error.message());
    insert(xact, "x".repeat(HeapPage.TUPLE_SIZE_MAX - HeapTuple.HEADER_SIZE));
    a.commit(xact);
    assertEquals(1, rows(b).size());
  }

  @Test
  void bulkInsertFillsPagesAndScansFindAll() {
    Xact xact = a.begin();
    List<byte[]> payloads = new ArrayList<>();
    for (int i = 0; i < 5000; i++) {
      payloads.add(bytes("row " + i));
    }
    long[] tids = new long[payloads.size()];
    BulkInsert bulk = new BulkInsert();
    int done = 0;
    while (done < payloads.size()) {
      int from = done;
      done += storage.run(() -> table.multiInsert(xact, payloads, from, tids, bulk));
    }
    a.commit(xact);
    List<String> rows = rows(b);
    assertEquals(5000, rows.size());
    assertEquals("row 4999", rows.getLast());
    assertEquals(0, Tid.block(tids[0]));
    assertEquals(List.of(), storage.problems(table));
    assertTrue(storage.run(table::blocks) < 5000 / 150, "blocks " + storage.run(table::blocks));
  }

  @Test
  void fillfactorLeavesRoomForUpdates() {
    Table half = storage.createTable(a, 20001, 50);
    Xact xact = a.begin();
    for (int i = 0; i < 100; i++) {
      storage.run(() -> half.insert(xact, new byte[200]));
    }
    a.commit(xact);
    // 232 + 4 bytes each, so 17 on half a page.
    assertEquals(6, storage.run(half::blocks));
  }
}
