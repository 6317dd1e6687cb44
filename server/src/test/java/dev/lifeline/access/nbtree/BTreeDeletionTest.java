package dev.lifeline.access.nbtree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.transam.Xact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Leaves that vacuum has emptied leave the tree, and their blocks are used again.
class BTreeDeletionTest {
  private final StorageFixture storage = new StorageFixture(StorageFixture.config(512));
  private final Session session = storage.session(1);
  private final BTree tree =
      storage.createIndex(session, 20001, storage.createTable(session, 20000, 100));

  /// Long keys, for trees of several levels.
  private static byte[] key(int value) {
    return ByteBuffer.allocate(300).put((byte) 2).putInt(value).array();
  }

  private static long tid(int value) {
    return (value + 1L) << 16 | 1;
  }

  private void insert(int from, int to) {
    Xact xact = session.begin();
    xact.xid();
    for (int i = from; i < to; i++) {
      int value = i;
      storage.run(() -> tree.insert(xact, key(value), tid(value), UniqueCheck.NO));
    }
    session.commit(xact);
  }

  private BulkDelete delete(int from, int to) {
    DeadTids dead = new DeadTids();
    for (int i = from; i < to; i++) {
      dead.add(tid(i));
    }
    BulkDelete pass = tree.bulkDelete(dead);
    while (storage.run(pass::step)) {}
    return pass;
  }

  private void verify(int entries) {
    BTreeVerifier verifier = new BTreeVerifier(tree);
    while (storage.run(verifier::step)) {}
    assertEquals(List.of(), verifier.problems());
    assertEquals(entries, verifier.entries().size());
  }

  private List<Integer> scan(boolean forward) {
    List<Integer> values = new ArrayList<>();
    IndexScan scan = tree.scan(null, true, null, true, forward);
    while (storage.run(scan::next)) {
      values.add(ByteBuffer.wrap(scan.key()).getInt(1));
    }
    scan.close();
    return values;
  }

  /// A queue: inserted at one end, deleted at the other. Without deletion of pages it grows by 120
  /// pages a cycle.
  @Test
  void anIndexUnderChurnStaysAsBigAsItsContent() {
    insert(0, 6000);
    int blocks = 0;
    for (int cycle = 0; cycle < 30; cycle++) {
      int from = cycle * 3000;
      insert(from + 6000, from + 9000);
      delete(from, from + 3000);
      verify(6000);
      if (cycle == 2) {
        blocks = storage.run(tree::blocks);
      }
    }
    int after = storage.run(tree::blocks);
    assertTrue(after <= blocks + 2, "blocks after 3 cycles: " + blocks + ", after 30: " + after);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatIsEmptyGoesOnAllLevels(int order) {
    insert(0, 20_000);
    BulkDelete pass = order == 0 ? delete(0, 19_990) : delete(10, 20_000);
    assertTrue(pass.deletedPages() > 700, "deleted: " + pass.deletedPages());
    verify(10);
    assertEquals(10, scan(true).size());
    assertEquals(10, scan(false).size());
    insert(30_000, 31_000);
    verify(1010);
  }

  @Test
  void aPageIsNotUsedAgainWhileSomebodyMayComeToIt() {
    insert(0, 6000);
    Session other = storage.session(2);
    Xact old = other.begin();
    old.snapshot();
    IndexScan scan = tree.scan(null, true, null, true, true);
    assertTrue(storage.run(scan::next));
    IndexScan back = tree.scan(null, true, null, true, false);
    assertTrue(storage.run(back::next));
    delete(10, 5990);
    int blocks = storage.run(tree::blocks);
    insert(6000, 8000);
    assertTrue(storage.run(tree::blocks) > blocks, "a page was used that a scan goes by");
    int values = 1;
    while (storage.run(scan::next)) {
      values++;
    }
    // What the first page had was read with it; then come the ten at the end, and those added now.
    assertTrue(values >= 2020 && values < 2100, "values: " + values);
    values = 1;
    while (storage.run(back::next)) {
      values++;
    }
    assertTrue(values >= 20 && values < 100, "values: " + values);
    storage.await(old.commit());
    blocks = storage.run(tree::blocks);
    insert(8000, 10_000);
    assertEquals(blocks, storage.run(tree::blocks), "the free pages are not used");
    verify(4020);
  }

  /// A split may move entries to a block that the pass has gone by already.
  @Test
  void vacuumFindsWhatASplitMovesBehindIt() {
    insert(0, 6000);
    delete(0, 3000);
    // The free blocks are at the beginning of the file; splits at its end use them.
    DeadTids dead = new DeadTids();
    for (int i = 3000; i < 5900; i++) {
      if (i % 2 == 0) {
        dead.add(tid(i));
      }
    }
    BulkDelete pass = tree.bulkDelete(dead);
    for (int i = 0; i < 130; i++) {
      storage.run(pass::step);
    }
    Xact xact = session.begin();
    xact.xid();
    for (int i = 3000; i < 5900; i++) {
      int value = i;
      long tid = tid(value + 1_000_000);
      storage.run(() -> tree.insert(xact, key(value), tid, UniqueCheck.NO));
    }
    session.commit(xact);
    while (storage.run(pass::step)) {}
    assertEquals(dead.size(), pass.removed());
    BTreeVerifier verifier = new BTreeVerifier(tree);
    while (storage.run(verifier::step)) {}
    assertEquals(List.of(), verifier.problems());
    for (BTreeVerifier.Entry entry : verifier.entries()) {
      assertFalse(dead.contains(entry.tid()), "entry " + entry.tid() + " was missed");
    }
  }

  /// Deletions of random ranges, scans that go on meanwhile in both directions, inserts beside
  /// them.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void scansGoOnWhilePagesLeave(long seed) {
    Random random = new Random(seed);
    NavigableSet<Integer> model = new TreeSet<>();
    insert(0, 8000);
    for (int i = 0; i < 8000; i++) {
      model.add(i);
    }
    Session reader = storage.session(2);
    for (int round = 0; round < 12; round++) {
      boolean forward = random.nextBoolean();
      Xact xact = reader.begin();
      xact.snapshot();
      IndexScan scan = tree.scan(null, true, null, true, forward);
      List<Integer> seen = new ArrayList<>();
      int until = random.nextInt(4000);
      for (int i = 0; i < until && storage.run(scan::next); i++) {
        seen.add(ByteBuffer.wrap(scan.key()).getInt(1));
      }
      NavigableSet<Integer> always = new TreeSet<>(model);
      for (int i = 0; i < 3; i++) {
        int from = random.nextInt(8000);
        int to = Math.min(8000, from + random.nextInt(2000));
        delete(from, to);
        model.subSet(from, to).clear();
        always.subSet(from, to).clear();
        int more = random.nextInt(8000);
        for (int value = more; value < Math.min(8000, more + 700); value++) {
          if (!model.contains(value)) {
            insert(value, value + 1);
            model.add(value);
          }
        }
      }
      while (storage.run(scan::next)) {
        seen.add(ByteBuffer.wrap(scan.key()).getInt(1));
      }
      scan.close();
      storage.await(xact.commit());
      // Entries that came meanwhile may come in any place: no snapshot of the scan sees their rows.
      seen.retainAll(always);
      assertEquals(new ArrayList<>(forward ? always : always.descendingSet()), seen);
      verify(model.size());
    }
  }
}
