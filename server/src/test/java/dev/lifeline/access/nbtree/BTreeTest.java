package dev.lifeline.access.nbtree;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.index.BulkDelete;
import dev.lifeline.access.index.DeadTids;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BTreeTest {
  private record Entry(String key, long tid) implements Comparable<Entry> {
    static final Comparator<Entry> ORDER =
        Comparator.comparing((Entry e) -> bytes(e.key), Arrays::compareUnsigned)
            .thenComparingLong(Entry::tid);

    @Override
    public int compareTo(Entry other) {
      return ORDER.compare(this, other);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static byte[] intKey(int value) {
    return ByteBuffer.allocate(5).put((byte) 2).putInt(value ^ Integer.MIN_VALUE).array();
  }

  /// Lengths on both sides of eight bytes, many common beginnings, many duplicates, some zero
  /// bytes.
  private static String randomKey(Random random, int alphabet, int lengthMax) {
    int length = random.nextInt(lengthMax + 1);
    StringBuilder key = new StringBuilder();
    for (int i = 0; i < length; i++) {
      key.append((char) (random.nextInt(alphabet) * 85));
    }
    return key.toString();
  }

  private static List<Entry> collect(StorageFixture storage, IndexScan scan) {
    List<Entry> entries = new ArrayList<>();
    while (storage.run(scan::next)) {
      entries.add(new Entry(new String(scan.key(), StandardCharsets.ISO_8859_1), scan.tid()));
    }
    scan.close();
    return entries;
  }

  /// The tree against a model, with a pool so small that operations wait for pages all the time.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void agreesWithAModel(long seed) {
    Random random = new Random(seed);
    StorageFixture storage =
        new StorageFixture(StorageFixture.config(random.nextBoolean() ? 16 : 512));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 20000, 100);
    BTree tree = storage.createIndex(session, 20001, table);
    NavigableSet<Entry> model = new TreeSet<>();
    int alphabet = 2 + random.nextInt(3);
    int lengthMax = new int[] {4, 20, 300}[random.nextInt(3)];
    Xact xact = session.begin();
    long tid = 1 << 16;
    for (int round = 0; round < 12; round++) {
      for (int i = 0; i < 400; i++) {
        tid += 1 + random.nextInt(100);
        Entry entry = new Entry(randomKey(random, alphabet, lengthMax), tid);
        insert(storage, tree, xact, bytes(entry.key), entry.tid);
        model.add(entry);
      }
      if (random.nextInt(3) == 0) {
        vacuumSome(storage, tree, model, random);
      }
      for (int i = 0; i < 20; i++) {
        compareRange(storage, tree, model, random, alphabet, lengthMax);
      }
      assertEquals(List.of(), treeProblems(storage, tree));
    }
    session.commit(xact);
  }

  private static void insert(StorageFixture storage, BTree tree, Xact xact, byte[] key, long tid) {
    storage.run(() -> tree.insert(xact, key, tid, UniqueCheck.NO));
  }

  private static List<String> treeProblems(StorageFixture storage, BTree tree) {
    BTreeVerifier verifier = new BTreeVerifier(tree);
    while (storage.run(verifier::step)) {}
    return verifier.problems();
  }

  private static void vacuumSome(
      StorageFixture storage, BTree tree, NavigableSet<Entry> model, Random random) {
    DeadTids dead = new DeadTids();
    model.removeIf(entry -> {
      boolean die = random.nextInt(4) == 0;
      if (die) {
        dead.add(entry.tid);
      }
      return die;
    });
    BulkDelete pass = tree.bulkDelete(dead);
    while (storage.run(pass::step)) {}
    assertEquals(dead.size(), pass.removed());
    assertEquals(model.size(), pass.remaining());
  }

  private static void compareRange(
      StorageFixture storage,
      BTree tree,
      NavigableSet<Entry> model,
      Random random,
      int alphabet,
      int lengthMax) {
    String low = random.nextInt(4) == 0 ? null : randomKey(random, alphabet, lengthMax);
    String high =
        random.nextInt(4) == 0
            ? null
            : random.nextInt(4) == 0 ? low : randomKey(random, alphabet, lengthMax);
    boolean lowInclusive = random.nextBoolean();
    boolean highInclusive = random.nextBoolean();
    List<Entry> expected = new ArrayList<>();
    for (Entry entry : model) {
      int fromLow = low == null ? 1 : Arrays.compareUnsigned(bytes(entry.key), bytes(low));
      int fromHigh = high == null ? -1 : Arrays.compareUnsigned(bytes(entry.key), bytes(high));
      if ((lowInclusive ? fromLow >= 0 : fromLow > 0)
          && (highInclusive ? fromHigh <= 0 : fromHigh < 0)) {
        expected.add(entry);
      }
    }
    byte @Nullable [] lower = low == null ? null : bytes(low);
    byte @Nullable [] upper = high == null ? null : bytes(high);
    assertEquals(
        expected, collect(storage, tree.scan(lower, lowInclusive, upper, highInclusive, true)));
    Collections.reverse(expected);
    assertEquals(
        expected, collect(storage, tree.scan(lower, lowInclusive, upper, highInclusive, false)));
  }

  @Test
  void scansAreStableWhileTheTreeSplitsUnderThem() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(1024));
    Session session = storage.session(1);
    BTree tree = storage.createIndex(session, 20001, storage.createTable(session, 20000, 100));
    Xact xact = session.begin();
    Random random = new Random(7);
    for (int i = 0; i < 4000; i++) {
      insert(storage, tree, xact, intKey(i * 1000), (i + 1L) << 16 | 1);
    }
    for (boolean forward : new boolean[] {true, false}) {
      IndexScan scan = tree.scan(null, true, null, true, forward);
      List<Long> seen = new ArrayList<>();
      while (storage.run(scan::next)) {
        if ((scan.tid() & 0xFFFF) != 1) {
          continue;
        }
        seen.add(scan.tid() >>> 16);
        for (int i = 0; i < 3; i++) {
          long tid = (5000L + random.nextInt(1 << 20)) << 16 | 2;
          insert(storage, tree, xact, intKey(random.nextInt(4_000_000)), tid);
        }
      }
      assertEquals(4000, seen.size());
      for (int i = 0; i < 4000; i++) {
        assertEquals(forward ? i + 1 : 4000 - i, seen.get(i));
      }
    }
    assertEquals(List.of(), treeProblems(storage, tree));
    session.commit(xact);
  }

  @Test
  void uniqueChecksWaitForWhoIsInDoubt() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(256));
    Session a = storage.session(1);
    Session b = storage.session(2);
    Table table = storage.createTable(a, 20000, 100);
    BTree tree = storage.createIndex(a, 20001, table);
    byte[] key = intKey(42);

    Xact first = a.begin();
    long firstTid = storage.run(() -> table.insert(first, bytes("a")));
    assertEquals(
        Index.NO_CONFLICT, storage.run(() -> tree.insert(first, key, firstTid, UniqueCheck.YES)));
    Xact second = b.begin();
    long secondTid = storage.run(() -> table.insert(second, bytes("b")));
    Future<?> waiting = storage.blocked(() -> tree.insert(second, key, secondTid, UniqueCheck.YES));
    a.abort(first);
    storage.await(waiting);
    assertEquals(
        Index.NO_CONFLICT, storage.run(() -> tree.insert(second, key, secondTid, UniqueCheck.YES)));
    b.commit(second);

    Xact third = a.begin();
    long thirdTid = storage.run(() -> table.insert(third, bytes("c")));
    assertEquals(secondTid, storage.run(() -> tree.insert(third, key, thirdTid, UniqueCheck.YES)));
    a.abort(third);

    // Its deleter decides: the key is free when he commits, and for himself at once.
    Xact deleter = a.begin();
    storage.run(() -> table.delete(deleter, secondTid));
    Xact fourth = b.begin();
    long fourthTid = storage.run(() -> table.insert(fourth, bytes("d")));
    waiting = storage.blocked(() -> tree.insert(fourth, key, fourthTid, UniqueCheck.YES));
    a.commit(deleter);
    storage.await(waiting);
    assertEquals(
        Index.NO_CONFLICT, storage.run(() -> tree.insert(fourth, key, fourthTid, UniqueCheck.YES)));
    b.commit(fourth);
    assertEquals(List.of(), storage.problems(table, tree));
  }

  @Test
  void aKeyThatIsTooBigIsRefused() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(64));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 20000, 100);
    BTree anonymous = storage.createIndex(session, 20001, table);
    BTree tree = storage.btrees.open(anonymous.file(), 20001, "t_pkey", table);
    Xact xact = session.begin();
    PgException error =
        assertThrows(
            PgException.class, () -> tree.insert(xact, new byte[2699], 65537, UniqueCheck.NO));
    assertEquals("54000", error.sqlState().code());
    assertEquals(
        "index row size 2705 exceeds btree version 4 maximum 2704 for index \"t_pkey\"",
        error.message());
    // The biggest allowed ones still split, and have a way up.
    for (int i = 0; i < 60; i++) {
      byte[] key = new byte[2698];
      key[2697] = (byte) (i * 37);
      insert(storage, tree, xact, key, 65537 + i);
    }
    assertEquals(List.of(), treeProblems(storage, tree));
    session.commit(xact);
  }

  @Test
  void deadEntriesMakeRoomBeforeAPageIsSplit() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(64));
    Session session = storage.session(1);
    BTree tree = storage.createIndex(session, 20001, storage.createTable(session, 20000, 100));
    Xact xact = session.begin();
    for (int i = 0; i < 5000; i++) {
      insert(storage, tree, xact, intKey(i % 100), (i + 1L) << 16 | 1);
      IndexScan scan = tree.scan(intKey(i % 100), true, intKey(i % 100), true, true);
      while (storage.run(scan::next)) {
        if (scan.tid() >>> 16 != i + 1) {
          scan.kill();
        }
      }
      scan.close();
    }
    assertTrue(storage.run(tree::blocks) <= 3, "blocks: " + storage.run(tree::blocks));
    assertEquals(List.of(), treeProblems(storage, tree));
    session.commit(xact);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 50, 3000, 40_000})
  void buildsFromEntriesInAnyOrder(int count) {
    StorageFixture storage = new StorageFixture(StorageFixture.config(1024));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 20000, 100);
    for (int order = 0; order < 2; order++) {
      BTree tree = storage.createIndex(session, 20001 + order, table);
      Random random = new Random(count);
      Xact xact = session.begin();
      BTreeBuilder builder = storage.btrees.builder(xact, tree, null, 1L << 30, 90, () -> {});
      List<Entry> model = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        Entry entry = new Entry(randomKey(random, 3, order == 0 ? 12 : 200), (i + 1L) << 16 | 1);
        model.add(entry);
      }
      if (order == 1) {
        Collections.sort(model);
      }
      model.forEach(entry -> builder.add(bytes(entry.key), entry.tid, true));
      // As the command does that builds an index: after a wait it begins again with drain.
      assertTrue(
          storage.run(() -> {
            builder.drain();
            return builder.finish();
          }));
      Collections.sort(model);
      assertEquals(List.of(), treeProblems(storage, tree));
      assertEquals(model, collect(storage, tree.scan(null, true, null, true, true)));
      for (int i = 0; i < 2000; i++) {
        Entry entry = new Entry(randomKey(random, 3, 12), (count + i + 1L) << 16 | 1);
        model.add(entry);
        insert(storage, tree, xact, bytes(entry.key), entry.tid);
      }
      Collections.sort(model);
      assertEquals(List.of(), treeProblems(storage, tree));
      assertEquals(model, collect(storage, tree.scan(null, true, null, true, true)));
      session.commit(xact);
    }
  }

  @Test
  void aBuildWithLittleMemorySortsOnDisk() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(1024));
    Session session = storage.session(1);
    BTree tree = storage.createIndex(session, 20001, storage.createTable(session, 20000, 100));
    Xact xact = session.begin();
    BTreeBuilder builder = storage.btrees.builder(xact, tree, null, 200_000, 90, () -> {});
    List<Integer> values = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      values.add(i);
    }
    Collections.shuffle(values, new Random(3));
    for (int value : values) {
      builder.add(intKey(value), (value + 1L) << 16 | 1, true);
      storage.run(builder::drain);
    }
    assertTrue(storage.run(builder::finish));
    assertEquals(List.of(), treeProblems(storage, tree));
    IndexScan scan = tree.scan(null, true, null, true, true);
    for (int i = 0; i < 20_000; i++) {
      assertTrue(storage.run(scan::next));
      assertEquals(i + 1L, scan.tid() >>> 16);
    }
    assertFalse(storage.run(scan::next));
    session.commit(xact);
  }

  @Test
  void aUniqueBuildFindsTheDuplicate() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(256));
    Session session = storage.session(1);
    BTree tree = storage.createIndex(session, 20001, storage.createTable(session, 20000, 100));
    Xact xact = session.begin();
    BTreeBuilder builder =
        storage.btrees.builder(xact, tree, tid -> tid != (3 << 16 | 1), 1 << 20, 90, () -> {});
    builder.add(intKey(1), 1 << 16 | 1, true);
    builder.add(intKey(2), 2 << 16 | 1, true);
    builder.add(intKey(2), 3 << 16 | 1, true);
    builder.add(intKey(2), 4 << 16 | 1, true);
    assertFalse(storage.run(builder::finish));
    assertArrayEquals(intKey(2), builder.conflict());
    session.abort(xact);
  }

  /// The two entries are in different runs.
  @Test
  void aUniqueBuildOnDiskFindsTheDuplicate() {
    StorageFixture storage = new StorageFixture(StorageFixture.config(256));
    Session session = storage.session(1);
    Table table = storage.createTable(session, 20000, 100);
    for (boolean live : new boolean[] {false, true}) {
      BTree tree = storage.createIndex(session, live ? 20001 : 20002, table);
      Xact xact = session.begin();
      BTreeBuilder builder =
          storage.btrees.builder(
              xact, tree, tid -> live || tid != (20_001L << 16 | 1), 1000, 100, () -> {});
      for (int i = 0; i < 20_001; i++) {
        builder.add(intKey(i % 20_000), (i + 1L) << 16 | 1, true);
        if (i % 500 == 0) {
          storage.run(builder::drain);
        }
      }
      assertEquals(!live, storage.run(builder::finish));
      if (live) {
        assertArrayEquals(intKey(0), builder.conflict());
        session.abort(xact);
      } else {
        session.commit(xact);
        assertEquals(List.of(), treeProblems(storage, tree));
        // Full leaves: 8,000 bytes of entries with 11 bytes and a line pointer.
        assertTrue(storage.run(tree::blocks) < 20_001 * 15 / 8000 + 3);
      }
      assertEquals(List.of(), storage.await(storage.disk.list("base/pgsql_tmp")));
    }
  }
}
