package dev.lifeline.sim;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapVerifier;
import dev.lifeline.access.heap.Vacuum;
import dev.lifeline.access.heap.VacuumOptions;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeVerifier;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.ModifyResult.Status;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Retry;
import io.vertx.core.Future;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/// A table of (key, value, tag) with a unique index on the key, as statements would use it.
final class SimRelation {
  private static final int KEY_SIZE = 9;

  /// A row as it was read.
  record Row(long tid, long key, long value, long tag) {}

  private final RelFileLocator tableFile;
  private final RelFileLocator indexFile;
  private final int number;
  private Table table;
  private BTree index;
  private HeapAccess heap;

  SimRelation(int number, HeapAccess heap, BTreeAccess btrees) {
    this.number = number;
    this.tableFile = new RelFileLocator(5, number);
    this.indexFile = new RelFileLocator(5, number + 1L);
    this.heap = heap;
    this.table = heap.open(tableFile, number, 80);
    this.index = btrees.open(indexFile, number + 1, table);
  }

  /// The server has been started again.
  void reopen(HeapAccess newHeap, BTreeAccess btrees) {
    heap = newHeap;
    table = newHeap.open(tableFile, number, 80);
    index = btrees.open(indexFile, number + 1, table);
  }

  Future<Void> create(SharedMemory shared, BTreeAccess btrees, Xact xact) {
    return Retry.run(() -> shared.storage().create(xact, tableFile))
        .compose(ignored -> Retry.run(() -> shared.storage().create(xact, indexFile)))
        .compose(ignored -> Retry.run(() -> btrees.initialize(xact, indexFile)));
  }

  /// Locks the table for a transaction, as every statement on it does.
  Future<Void> lock(SharedMemory shared, LockOwner owner, LockMode mode) {
    return Retry.run(() -> shared.locks().lockRelation(owner, 5, number, mode));
  }

  private static byte[] key(long key) {
    return ByteBuffer.allocate(KEY_SIZE).put((byte) 2).putLong(key).array();
  }

  /// Rows of different lengths, so that updates do not always fit.
  private static byte[] payload(long key, long value, long tag) {
    int filler = (int) (Math.abs(value * 31 + tag) % 200);
    return ByteBuffer.allocate(24 + filler).putLong(key).putLong(value).putLong(tag).array();
  }

  private static TupleSink into(List<Row> rows) {
    return (tid, m, at, length) -> {
      long key = Long.reverseBytes(m.get(ValueLayout.JAVA_LONG_UNALIGNED, at));
      long value = Long.reverseBytes(m.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 8));
      long tag = Long.reverseBytes(m.get(ValueLayout.JAVA_LONG_UNALIGNED, at + 16));
      rows.add(new Row(tid, key, value, tag));
    };
  }

  /// Adds a row; false when there is one with the same key.
  Future<Boolean> insert(Xact xact, long key, long value, long tag) {
    return Retry.call(() -> table.insert(xact, payload(key, value, tag)))
        .compose(tid -> Retry.call(() -> index.insert(xact, key(key), tid, UniqueCheck.YES)))
        .map(conflict -> conflict == 0);
  }

  /// The row with a key that the snapshot sees.
  Future<Optional<Row>> find(Xact xact, Snapshot snapshot, long key) {
    List<Row> rows = new ArrayList<>();
    IndexScan scan = index.scan(key(key), true, key(key), true, true);
    return Retry.run(new Lookup(xact, snapshot, scan, rows))
        .map(ignored -> {
          scan.close();
          if (rows.size() > 1) {
            throw new AssertionError("two visible rows with key " + key + ": " + rows);
          }
          return rows.stream().findFirst();
        });
  }

  /// Fetches the rows that an index scan leads to. After a wait in the table it goes on with the
  /// entry that it was about.
  private final class Lookup implements Runnable {
    private final Xact xact;
    private final Snapshot snapshot;
    private final IndexScan scan;
    private final List<Row> rows;
    private boolean atEntry;

    Lookup(Xact xact, Snapshot snapshot, IndexScan scan, List<Row> rows) {
      this.xact = xact;
      this.snapshot = snapshot;
      this.scan = scan;
      this.rows = rows;
    }

    @Override
    public void run() {
      while (atEntry || scan.next()) {
        atEntry = true;
        FetchResult found = table.fetch(xact, snapshot, scan.tid(), into(rows));
        atEntry = false;
        if (found == FetchResult.DEAD) {
          scan.kill();
        }
      }
    }
  }

  /// Changes a row as READ COMMITTED does: where somebody was faster, his version is changed.
  ///
  /// @return false when the row is gone
  Future<Boolean> update(Xact xact, Row row, UnaryOperator<Row> change, boolean newEntry) {
    Row changed = change.apply(row);
    byte[] payload = payload(changed.key, changed.value, changed.tag);
    return Retry.call(() -> table.update(xact, row.tid, payload, newEntry))
        .compose(result -> {
          if (result.status() == Status.UPDATED) {
            return lockLatest(xact, result.tid())
                .compose(latest ->
                    latest
                        .map(found -> update(xact, found, change, newEntry))
                        .orElseGet(() -> Future.succeededFuture(false)));
          }
          return afterUpdate(xact, changed, result);
        });
  }

  private Future<Boolean> afterUpdate(Xact xact, Row changed, ModifyResult result) {
    if (!result.ok()) {
      return Future.succeededFuture(false);
    }
    if (!result.needsIndexEntries()) {
      return Future.succeededFuture(true);
    }
    return Retry.call(() -> index.insert(xact, key(changed.key), result.tid(), UniqueCheck.YES))
        .map(conflict -> {
          if (conflict != 0) {
            throw new AssertionError("an update of key " + changed.key + " conflicts with itself");
          }
          return true;
        });
  }

  private Future<Optional<Row>> lockLatest(Xact xact, long tid) {
    List<Row> rows = new ArrayList<>();
    return Retry.call(() -> table.lock(xact, tid, RowLock.UPDATE, LockWaitPolicy.BLOCK, into(rows)))
        .compose(result ->
            switch (result.status()) {
              case OK -> Future.succeededFuture(rows.stream().findFirst());
              case UPDATED -> lockLatest(xact, result.tid());
              default -> Future.succeededFuture(Optional.empty());
            });
  }

  /// Deletes a row; false when somebody else has changed or deleted it meanwhile.
  Future<Boolean> delete(Xact xact, Row row) {
    return Retry.call(() -> table.delete(xact, row.tid)).map(ModifyResult::ok);
  }

  Future<Void> vacuum(SharedMemory shared, LockOwner owner) {
    VacuumOptions options =
        new VacuumOptions("db", "public", "t" + number, true, owner.pid() % 2 == 0, false);
    Vacuum vacuum = new Vacuum(heap, table, List.of(index), owner, options);
    return lock(shared, owner, LockMode.SHARE_UPDATE_EXCLUSIVE)
        .compose(ignored ->
            Retry.run(() -> {
              while (vacuum.step()) {}
            }))
        .onComplete(ignored -> shared.locks().releaseAll(owner));
  }

  /// All rows that a snapshot sees, by a sequential scan.
  Future<List<Row>> rows(Xact xact, Snapshot snapshot) {
    List<Row> rows = new ArrayList<>();
    TableScan scan = table.scan(xact, snapshot);
    return Retry.run(
            () -> {
              while (scan.next(into(rows), 5)) {}
            })
        .map(ignored -> rows);
  }

  /// What is wrong with the pages of table and index.
  Future<List<String>> problems() {
    HeapVerifier heapVerifier = new HeapVerifier(table);
    BTreeVerifier treeVerifier = new BTreeVerifier(index);
    return Retry.run(
            () -> {
              while (heapVerifier.step()) {}
            })
        .compose(ignored ->
            Retry.run(() -> {
              while (treeVerifier.step()) {}
            }))
        .map(ignored -> {
          List<String> problems = new ArrayList<>(heapVerifier.problems());
          problems.addAll(treeVerifier.problems());
          Set<Long> roots = heapVerifier.roots();
          for (BTreeVerifier.Entry entry : treeVerifier.entries()) {
            if (!entry.dead() && !roots.contains(entry.tid())) {
              problems.add("an index entry leads to " + entry.tid() + ", where no row can be");
            }
          }
          return problems;
        });
  }
}
