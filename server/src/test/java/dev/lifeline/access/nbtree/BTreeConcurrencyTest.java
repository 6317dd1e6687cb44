package dev.lifeline.access.nbtree;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lifeline.access.StorageFixture;
import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.Speculation;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.transam.Xact;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Real threads on one tree. With latches left out of [BTreeWriter] each of these runs fails; a
/// single lost entry or a page out of order is found by the verifier and the final scan.
class BTreeConcurrencyTest {
  private static final int THREADS = 4;
  private static final int EACH = 15_000;

  private static byte[] key(int value) {
    return ByteBuffer.allocate(5).put((byte) 2).putInt(value).array();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void insertersAndReaders(long seed) throws Exception {
    StorageFixture storage = new StorageFixture(StorageFixture.config(4096));
    Session owner = storage.session(99);
    Table table = storage.createTable(owner, 20000, 100);
    BTree tree = storage.createIndex(owner, 20001, table);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS + 1);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      Session session = storage.session(thread + 1);
      done.add(
          pool.submit(() -> {
            Random random = new Random(seed * 100 + thread);
            Xact xact = session.begin();
            for (int i = 0; i < EACH; i++) {
              // Ascending for one thread, random for the others, duplicates now and then.
              int value = thread == 0 ? i * 10 : random.nextInt(EACH * 10);
              long tid = (thread * EACH + i + 1L) << 16 | 1;
              storage.run(() -> tree.insert(xact, key(value), tid, UniqueCheck.NO));
            }
            session.commit(xact);
            return true;
          }));
    }
    done.add(
        pool.submit(() -> {
          for (int round = 0; round < 20; round++) {
            IndexScan scan = tree.scan(null, true, null, true, round % 2 == 0);
            byte[] last = null;
            while (storage.run(scan::next)) {
              byte[] now = scan.key();
              if (last != null) {
                int order = java.util.Arrays.compareUnsigned(last, now);
                assertTrue(round % 2 == 0 ? order <= 0 : order >= 0);
              }
              last = now;
            }
          }
          return true;
        }));
    for (Future<?> future : done) {
      future.get(60, TimeUnit.SECONDS);
    }
    pool.shutdown();
    BTreeVerifier verifier = new BTreeVerifier(tree);
    while (storage.run(verifier::step)) {}
    assertEquals(List.of(), verifier.problems());
    BitSet found = new BitSet();
    for (BTreeVerifier.Entry entry : verifier.entries()) {
      found.set((int) (entry.tid() >>> 16));
    }
    assertEquals(THREADS * EACH, found.cardinality());
    assertEquals(THREADS * EACH, verifier.entries().size());
  }

  /// All threads want the same keys; each key must end with exactly one live row.
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void uniqueRaces(long seed) throws Exception {
    StorageFixture storage = new StorageFixture(StorageFixture.config(4096));
    Session owner = storage.session(99);
    Table table = storage.createTable(owner, 20000, 100);
    BTree tree = storage.createIndex(owner, 20001, table);
    int keys = 3000;
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> done = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      int thread = t;
      Session session = storage.session(thread + 1);
      done.add(
          pool.submit(() -> {
            Random random = new Random(seed * 100 + thread);
            int won = 0;
            for (int i = 0; i < keys; i++) {
              int value = i;
              Xact xact = session.begin();
              long tid = storage.run(() -> table.insert(xact, key(value)));
              long conflict =
                  storage.run(() -> tree.insert(xact, key(value), tid, UniqueCheck.YES));
              if (conflict != 0 || random.nextInt(10) == 0) {
                session.abort(xact);
              } else {
                session.commit(xact);
                won++;
              }
            }
            return won;
          }));
    }
    int won = 0;
    for (Future<Integer> future : done) {
      won += future.get(60, TimeUnit.SECONDS);
    }
    pool.shutdown();
    Xact reader = owner.begin();
    BitSet live = new BitSet();
    int[] rows = {0};
    var scan = table.scan(reader, reader.snapshot());
    while (storage.run(
        () ->
            scan.next(
                (tid, m, at, length) -> {
                  rows[0]++;
                  live.set(
                      Integer.reverseBytes(
                          m.get(java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED, at + 1)));
                },
                100))) {}
    owner.commit(reader);
    assertEquals(won, rows[0]);
    assertEquals(rows[0], live.cardinality());
    assertEquals(List.of(), storage.problems(table, tree));
  }

  /// Some threads take their row back where a key is there or in doubt, as ON CONFLICT does, and go
  /// on in the same transaction; one waits for keys as INSERT does. Nobody waits in a circle, and
  /// each key has one live row at most. A thousand rows and more are taken back in a run.
  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void racesOfRowsThatAreTakenBack(long seed) throws Exception {
    StorageFixture storage = new StorageFixture(StorageFixture.config(4096));
    Session owner = storage.session(99);
    Table table = storage.createTable(owner, 20000, 100);
    BTree ids = storage.createIndex(owner, 20001, table);
    BTree tags = storage.createIndex(owner, 20002, table);
    ExecutorService pool = Executors.newFixedThreadPool(THREADS);
    List<Future<Integer>> done = new ArrayList<>();
    AtomicInteger retracted = new AtomicInteger();
    for (int t = 0; t < THREADS; t++) {
      Random random = new Random(seed * 100 + t);
      Session session = storage.session(t + 1);
      UniqueCheck check = t == 0 ? UniqueCheck.YES : UniqueCheck.PARTIAL;
      done.add(
          pool.submit(() -> {
            int won = 0;
            for (int i = 0; i < 300; i++) {
              Xact xact = session.begin();
              for (int j = 0; j < (check == UniqueCheck.YES ? 1 : 10); j++) {
                byte[] id = key(i * 10 + random.nextInt(10));
                byte[] tag = key(i * 10 + random.nextInt(10));
                boolean added = add(storage, table, List.of(ids, tags), xact, id, tag, check);
                won += added ? 1 : 0;
                retracted.addAndGet(added ? 0 : 1);
              }
              session.commit(xact);
            }
            return won;
          }));
    }
    int won = 0;
    for (Future<Integer> future : done) {
      won += future.get(60, TimeUnit.SECONDS);
    }
    pool.shutdown();
    Xact reader = owner.begin();
    List<Integer> found = new ArrayList<>();
    var scan = table.scan(reader, reader.snapshot());
    while (storage.run(() -> scan.next((tid, m, at, length) -> found.add(length), 100))) {}
    owner.commit(reader);
    assertEquals(won, found.size());
    assertTrue(retracted.get() > 1000, retracted + " rows were taken back");
    for (BTree index : List.of(ids, tags)) {
      assertEquals(won, liveKeys(storage, owner, table, index));
    }
    assertEquals(List.of(), storage.problems(table, ids, tags));
  }

  private static boolean add(
      StorageFixture storage,
      Table table,
      List<BTree> indexes,
      Xact xact,
      byte[] id,
      byte[] tag,
      UniqueCheck check) {
    byte[] row = Arrays.copyOf(id, 10);
    System.arraycopy(tag, 0, row, 5, 5);
    Speculation speculation = table.speculate(xact);
    long tid = storage.run(() -> table.insert(xact, row));
    boolean conflict = false;
    if (check == UniqueCheck.YES) {
      // He stays, and waits for the others: nobody waits for what he may take back.
      speculation.end();
    }
    for (int i = 0; i < indexes.size() && !conflict; i++) {
      BTree index = indexes.get(i);
      byte[] key = i == 0 ? id : tag;
      conflict = storage.run(() -> index.insert(xact, key, tid, check)) != 0;
    }
    if (conflict) {
      storage.run(() -> table.retract(xact, tid));
    }
    speculation.end();
    return !conflict;
  }

  /// How many keys have a row that is there; none has two.
  private static int liveKeys(StorageFixture storage, Session session, Table table, BTree index) {
    Xact xact = session.begin();
    List<byte[]> keys = new ArrayList<>();
    IndexScan scan = index.scan(null, true, null, true, true);
    while (storage.run(scan::next)) {
      if (storage.run(() -> table.awaitLive(xact, scan.tid()))) {
        keys.add(scan.key());
      }
    }
    scan.close();
    session.commit(xact);
    for (int i = 1; i < keys.size(); i++) {
      assertTrue(Arrays.compareUnsigned(keys.get(i - 1), keys.get(i)) < 0, "a key has two rows");
    }
    return keys.size();
  }
}
