package dev.lifeline.sim;

import dev.lifeline.access.SharedMemory;
import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.heap.HeapAccess;
import dev.lifeline.access.heap.HeapVerifier;
import dev.lifeline.access.heap.IndexCleanup;
import dev.lifeline.access.heap.ToastDelete;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.heap.TupleToaster;
import dev.lifeline.access.heap.Vacuum;
import dev.lifeline.access.heap.VacuumOptions;
import dev.lifeline.access.nbtree.BTree;
import dev.lifeline.access.nbtree.BTreeAccess;
import dev.lifeline.access.nbtree.BTreeVerifier;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.storage.lmgr.LockMode;
import dev.lifeline.storage.lmgr.LockOwner;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.Retry;
import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import io.vertx.core.Future;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A table of (id, version, content) whose contents are long: compressed, or out of line, or both.
/// What a document must contain follows from its id and version.
final class SimDocuments {
  private static final TupleCodec CODEC =
      new TupleCodec(List.of(Types.get(Types.INT8), Types.get(Types.INT8), Types.get(Types.BYTEA)));
  private static final int[] ALL = CODEC.allAttributes();

  /// A document as a scan has found it.
  ///
  /// @param stored its tuple's payload
  record Document(long tid, long id, long version, Bytea stored) {}

  private final int number;
  private HeapAccess heap;
  private Table table;
  private Table chunks;
  private BTree index;
  private ToastTable toast;

  SimDocuments(int number, HeapAccess heap, BTreeAccess btrees) {
    this.number = number;
    reopen(heap, btrees);
  }

  private RelFileLocator file(int offset) {
    return new RelFileLocator(5, number + (long) offset);
  }

  /// The server has been started again.
  final void reopen(HeapAccess newHeap, BTreeAccess btrees) {
    heap = newHeap;
    table = heap.open(file(0), number, 100);
    chunks = heap.open(file(1), number + 1, 100);
    index = btrees.open(file(2), number + 2, chunks);
    toast = new ToastTable(chunks, index);
  }

  Future<Void> create(SharedMemory shared, BTreeAccess btrees, Xact xact) {
    return Retry.run(() -> shared.storage().create(xact, file(0)))
        .compose(ignored -> Retry.run(() -> shared.storage().create(xact, file(1))))
        .compose(ignored -> Retry.run(() -> shared.storage().create(xact, file(2))))
        .compose(ignored -> Retry.run(() -> btrees.initialize(xact, file(2))));
  }

  Future<Void> lock(SharedMemory shared, LockOwner owner, LockMode mode) {
    return Retry.run(() -> shared.locks().lockRelation(owner, 5, number, mode));
  }

  /// Every third is noise, every third can be compressed well, the others are short.
  private static byte[] content(long id, long version) {
    Random random = new Random(id * 1000 + version);
    byte[] content = new byte[id % 3 == 2 ? 100 : 2500 + random.nextInt(6000)];
    random.nextBytes(content);
    for (int i = 100; id % 3 == 1 && i < content.length; i++) {
      content[i] = content[i % 100];
    }
    return content;
  }

  private static byte[] form(long id, long version) {
    Batch row = CODEC.newBatch(1);
    row.column(0).setLong(0, id);
    row.column(1).setLong(0, version);
    row.column(2).setObject(0, Bytea.wrap(content(id, version)));
    return CODEC.form(List.of(row.column(0), row.column(1), row.column(2)), 0);
  }

  private Future<byte[]> toasted(Xact xact, byte[] formed) {
    if (!TupleToaster.isNeeded(formed)) {
      return Future.succeededFuture(formed);
    }
    TupleToaster toaster = new TupleToaster(CODEC, new char[] {'p', 'p', 'x'}, toast, () -> {});
    return Retry.call(() -> toaster.toast(xact, formed));
  }

  Future<Void> insert(Xact xact, long id) {
    return toasted(xact, form(id, 0))
        .compose(payload -> Retry.call(() -> table.insert(xact, payload)))
        .mapEmpty();
  }

  /// All documents that a snapshot sees.
  Future<List<Document>> documents(Xact xact, Snapshot snapshot) {
    List<Document> found = new ArrayList<>();
    TableScan scan = table.scan(xact, snapshot);
    Batch row = CODEC.newBatch(1);
    return Retry.run(
            () -> {
              while (scan.next(
                  (tid, m, at, length) -> {
                    byte[] stored = new byte[length];
                    MemorySegment.copy(m, ValueLayout.JAVA_BYTE, at, stored, 0, length);
                    CODEC.deform(m, at, length, ALL, row, 0);
                    long id = row.column(0).getLong(0);
                    found.add(new Document(tid, id, row.column(1).getLong(0), Bytea.wrap(stored)));
                  },
                  100)) {}
            })
        .map(ignored -> found);
  }

  Future<Optional<Document>> find(Xact xact, Snapshot snapshot, long id) {
    return documents(xact, snapshot)
        .map(all -> all.stream().filter(document -> document.id == id).findFirst());
  }

  /// Gives a document its next content; false when somebody else was faster.
  Future<Boolean> update(Xact xact, Document document) {
    return toasted(xact, form(document.id, document.version + 1))
        .compose(payload -> Retry.call(() -> table.update(xact, document.tid, payload, false)))
        .compose(result ->
            result.ok() ? forget(xact, document).map(true) : Future.succeededFuture(false));
  }

  Future<Boolean> delete(Xact xact, Document document) {
    return Retry.call(() -> table.delete(xact, document.tid))
        .compose(result ->
            result.ok() ? forget(xact, document).map(true) : Future.succeededFuture(false));
  }

  private Future<Void> forget(Xact xact, Document document) {
    ToastedValue value = external(document);
    if (value == null) {
      return Future.succeededFuture();
    }
    ToastDelete delete = new ToastDelete(toast, value.valueId());
    return Retry.run(() -> delete.run(xact));
  }

  private static @Nullable ToastedValue external(Document document) {
    @Nullable ToastedValue[] values = CODEC.toastedValues(document.stored.bytes());
    ToastedValue content = values == null ? null : values[2];
    return content != null && content.isExternal() ? content : null;
  }

  /// Reads all contents, and compares them and the number of chunks with what must be there.
  Future<List<Document>> check(Xact xact, Snapshot snapshot) {
    return documents(xact, snapshot)
        .compose(all -> {
          Future<Void> done = Future.succeededFuture();
          long expected = 0;
          for (Document document : all) {
            ToastedValue value = external(document);
            expected += value == null ? 0 : (value.storedLength() + 1987) / 1988;
            done = done.compose(ignored -> checkContent(document));
          }
          long live = expected;
          return done.compose(ignored -> checkChunks(xact, snapshot, live)).map(all);
        });
  }

  private Future<Void> checkContent(Document document) {
    Batch row = CODEC.newBatch(1);
    MemorySegment m = MemorySegment.ofArray(document.stored.bytes());
    CODEC.deform(m, 0, (int) m.byteSize(), ALL, row, 0);
    Detoaster detoaster = new Detoaster(toast, CODEC);
    return Retry.run(() -> detoaster.resolveRow(row, 0, ALL))
        .map(ignored -> {
          if (!(row.column(2).getObject(0) instanceof Bytea content)
              || !Arrays.equals(content.bytes(), content(document.id, document.version))) {
            throw new AssertionError(
                "document " + document.id + " v" + document.version + " has other content");
          }
          return null;
        });
  }

  private Future<Void> checkChunks(Xact xact, Snapshot snapshot, long expected) {
    long[] live = new long[1];
    TableScan scan = chunks.scan(xact, snapshot);
    return Retry.run(
            () -> {
              while (scan.next((tid, m, at, length) -> live[0]++, 100)) {}
            })
        .map(ignored -> {
          if (live[0] != expected) {
            throw new AssertionError(live[0] + " chunks for documents with " + expected);
          }
          return null;
        });
  }

  /// Vacuums the table or the one with its chunks.
  Future<Void> vacuum(SharedMemory shared, LockOwner owner, boolean ofChunks) {
    VacuumOptions options =
        new VacuumOptions(
            "db",
            "public",
            "d",
            true,
            0,
            owner.pid() % 2 == 0,
            false,
            false,
            0,
            number,
            false,
            IndexCleanup.ON);
    Vacuum vacuum =
        ofChunks
            ? new Vacuum(heap, chunks, List.of(index), owner, options)
            : new Vacuum(heap, table, List.of(), owner, options);
    return lock(shared, owner, LockMode.SHARE_UPDATE_EXCLUSIVE)
        .compose(ignored ->
            Retry.run(() -> {
              while (vacuum.step()) {}
            }))
        .onComplete(ignored -> shared.locks().releaseAll(owner));
  }

  Future<List<String>> problems() {
    HeapVerifier ofTable = new HeapVerifier(table);
    HeapVerifier ofChunks = new HeapVerifier(chunks);
    BTreeVerifier ofIndex = new BTreeVerifier(index);
    return Retry.run(
            () -> {
              while (ofTable.step()) {}
            })
        .compose(ignored ->
            Retry.run(() -> {
              while (ofChunks.step()) {}
            }))
        .compose(ignored ->
            Retry.run(() -> {
              while (ofIndex.step()) {}
            }))
        .map(ignored -> {
          List<String> problems = new ArrayList<>(ofTable.problems());
          problems.addAll(ofChunks.problems());
          problems.addAll(ofIndex.problems());
          return problems;
        });
  }
}
