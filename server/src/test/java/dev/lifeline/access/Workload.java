package dev.lifeline.access;

import dev.lifeline.access.StorageFixture.Session;
import dev.lifeline.access.heap.Vacuum;
import dev.lifeline.access.heap.VacuumOptions;
import dev.lifeline.access.heap.VacuumReport;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Xact;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Random work on a table of (key, value, filler) with a unique index on the key, beside a model of
/// what has been committed.
public final class Workload {
  private static final VacuumOptions VACUUM =
      new VacuumOptions("db", "public", "t", true, true, false);

  private final StorageFixture storage;
  private final Session session;
  public final Table table;
  public final BTree index;
  private final Random random;
  private final Map<Integer, Integer> committed = new TreeMap<>();

  public Workload(StorageFixture storage, Session session, Random random) {
    this.storage = storage;
    this.session = session;
    this.random = random;
    this.table = storage.createTable(session, 30000, 90);
    this.index = storage.createIndex(session, 30001, table);
  }

  public static byte[] key(int value) {
    return ByteBuffer.allocate(5).put((byte) 2).putInt(value).array();
  }

  private byte[] payload(int key, int value) {
    return ByteBuffer.allocate(8 + random.nextInt(120)).putInt(key).putInt(value).array();
  }

  private record Row(long tid, int key, int value) {}

  private static TupleSink into(List<Row> rows) {
    return (tid, m, at, length) -> {
      int key = Integer.reverseBytes(m.get(ValueLayout.JAVA_INT_UNALIGNED, at));
      int value = Integer.reverseBytes(m.get(ValueLayout.JAVA_INT_UNALIGNED, at + 4));
      rows.add(new Row(tid, key, value));
    };
  }

  /// Transactions of a few changes each, some rolled back; vacuums between them.
  public void run(int transactions) {
    for (int i = 0; i < transactions; i++) {
      Xact xact = session.begin();
      Map<Integer, Integer> mine = new TreeMap<>(committed);
      int changes = 1 + random.nextInt(8);
      for (int j = 0; j < changes; j++) {
        boolean sub = random.nextInt(6) == 0;
        Map<Integer, Integer> before = new HashMap<>(mine);
        if (sub) {
          xact.beginSub();
        }
        change(xact, mine);
        xact.nextCommand();
        if (sub && random.nextBoolean()) {
          xact.abortSub();
          mine = before;
          xact.nextCommand();
        } else if (sub) {
          xact.commitSub();
        }
      }
      if (random.nextInt(5) == 0) {
        session.abort(xact);
      } else {
        session.commit(xact);
        committed.clear();
        committed.putAll(mine);
      }
      if (random.nextInt(60) == 0) {
        vacuum();
      }
    }
  }

  private void change(Xact xact, Map<Integer, Integer> mine) {
    int key = random.nextInt(2000);
    Row row = find(xact, key);
    int kind = random.nextInt(6);
    if (row == null) {
      if (kind < 4) {
        insert(xact, key, mine);
      } else {
        bulk(xact, mine);
      }
    } else if (kind < 3) {
      update(xact, row, mine);
    } else if (kind == 3) {
      bulk(xact, mine);
    } else if (kind == 4) {
      check(storage.run(() -> table.delete(xact, row.tid)));
      mine.remove(key);
    } else {
      List<RowLock> strengths = List.of(RowLock.values());
      RowLock strength = strengths.get(random.nextInt(strengths.size()));
      check(
          storage.run(
              () -> table.lock(xact, row.tid, strength, LockWaitPolicy.BLOCK, TupleSink.NONE)));
    }
  }

  private static void check(ModifyResult result) {
    if (!result.ok()) {
      throw new AssertionError(result);
    }
  }

  private void insert(Xact xact, int key, Map<Integer, Integer> mine) {
    int value = random.nextInt();
    byte[] payload = payload(key, value);
    long tid = storage.run(() -> table.insert(xact, payload));
    addEntry(xact, key, tid);
    mine.put(key, value);
  }

  private void addEntry(Xact xact, int key, long tid) {
    long conflict = storage.run(() -> index.insert(xact, key(key), tid, UniqueCheck.YES));
    if (conflict != Index.NO_CONFLICT) {
      throw new AssertionError("conflict on " + key);
    }
  }

  private void bulk(Xact xact, Map<Integer, Integer> mine) {
    List<byte[]> payloads = new ArrayList<>();
    List<Integer> keys = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int key = random.nextInt(1_000_000);
      if (mine.containsKey(key) || keys.contains(key)) {
        continue;
      }
      int value = random.nextInt();
      keys.add(key);
      payloads.add(payload(key, value));
      mine.put(key, value);
    }
    long[] tids = new long[keys.size()];
    BulkInsert bulk = new BulkInsert();
    for (int done = 0; done < payloads.size(); ) {
      int from = done;
      done += storage.run(() -> table.multiInsert(xact, payloads, from, tids, bulk));
    }
    for (int i = 0; i < tids.length; i++) {
      addEntry(xact, keys.get(i), tids[i]);
    }
  }

  private void update(Xact xact, Row row, Map<Integer, Integer> mine) {
    int value = random.nextInt();
    boolean keyChanges = random.nextInt(4) == 0;
    int newKey = keyChanges ? 1_000_000 + random.nextInt(1_000_000_000) : row.key;
    byte[] payload = payload(newKey, value);
    ModifyResult result = storage.run(() -> table.update(xact, row.tid, payload, keyChanges));
    check(result);
    if (result.needsIndexEntries()) {
      addEntry(xact, newKey, result.tid());
    }
    mine.remove(row.key);
    mine.put(newKey, value);
  }

  /// By the index, as a statement would.
  private @Nullable Row find(Xact xact, int key) {
    List<Row> rows = new ArrayList<>();
    var snapshot = xact.snapshot();
    IndexScan scan = index.scan(key(key), true, key(key), true, true);
    while (storage.run(scan::next)) {
      FetchResult result = storage.run(() -> table.fetch(xact, snapshot, scan.tid(), into(rows)));
      if (result == FetchResult.DEAD) {
        scan.kill();
      }
    }
    scan.close();
    if (rows.size() > 1) {
      throw new AssertionError("two rows with key " + key + ": " + rows);
    }
    return rows.isEmpty() ? null : rows.getFirst();
  }

  public VacuumReport vacuum() {
    Vacuum vacuum = new Vacuum(storage.heap, table, List.of(index), session.owner, VACUUM);
    while (storage.run(vacuum::step)) {}
    storage.shared.locks().releaseAll(session.owner);
    return vacuum.report();
  }

  /// What is committed according to the model.
  public Map<Integer, Integer> expected() {
    return committed;
  }

  /// What a sequential scan of a storage finds.
  public static Map<Integer, Integer> content(
      StorageFixture storage, Session session, Table table) {
    Xact xact = session.begin();
    List<Row> rows = new ArrayList<>();
    TableScan scan = table.scan(xact, xact.snapshot());
    while (storage.run(() -> scan.next(into(rows), 7))) {}
    session.commit(xact);
    Map<Integer, Integer> content = new TreeMap<>();
    for (Row row : rows) {
      if (content.put(row.key, row.value) != null) {
        throw new AssertionError("two rows with key " + row.key);
      }
    }
    return content;
  }
}
