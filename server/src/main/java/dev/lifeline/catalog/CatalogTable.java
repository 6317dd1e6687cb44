package dev.lifeline.catalog;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.heap.ToastDelete;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.heap.TruncationGate;
import dev.lifeline.access.heap.TupleToaster;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.activity.PendingRelation;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A stored system catalog of one database: rows in and out, by its indexes.
final class CatalogTable {
  private final CatalogDef def;
  private final Relation relation;
  private final Table heap;
  private final TupleCodec codec;
  private final int[] allAttributes;
  private final List<Rep> reps;
  private final List<CatalogIndex> indexes;

  /// Where its long values are; null where it has none.
  private final @Nullable ToastTable toast;

  private final char[] storage;

  /// No lock is taken here, so VACUUM must be kept from cutting pages off meanwhile.
  private final TruncationGate gate;

  private record CatalogIndex(
      CatalogDef.IndexDef def, Index index, KeyEncoder encoder, List<PgType> types) {}

  CatalogTable(CatalogDef def, Relation relation, RelationFiles files) {
    this.def = def;
    this.relation = relation;
    this.heap = files.table(relation);
    this.gate = files.heap().truncationGate(relation.file().dbOid(), relation.oid());
    List<PgType> types =
        relation.columns().stream().map(column -> Types.get(column.typeOid())).toList();
    this.codec = new TupleCodec(types);
    Relation.Toast toasted = relation.toast();
    this.toast = toasted == null ? null : files.toast(toasted);
    this.storage = new char[types.size()];
    for (int i = 0; i < storage.length; i++) {
      storage[i] = relation.columns().get(i).storage();
    }
    this.allAttributes = codec.allAttributes();
    this.reps = types.stream().map(PgType::rep).toList();
    List<CatalogIndex> opened = new ArrayList<>();
    for (int i = 0; i < def.indexes().size(); i++) {
      CatalogDef.IndexDef indexDef = def.indexes().get(i);
      List<PgType> keyTypes = indexDef.columns().stream().map(types::get).toList();
      opened.add(
          new CatalogIndex(
              indexDef,
              files.index(relation, relation.indexes().get(i)),
              new KeyEncoder(keyTypes.stream().map(KeyEncoder.KeyColumn::ascending).toList()),
              keyTypes));
    }
    this.indexes = List.copyOf(opened);
  }

  CatalogDef def() {
    return def;
  }

  Relation relation() {
    return relation;
  }

  List<Rep> reps() {
    return reps;
  }

  /// The rows whose first key columns are these.
  List<CatalogRow> lookup(Xact xact, Snapshot snapshot, String indexName, Object... key) {
    gate.enter();
    try {
      return find(xact, snapshot, indexName, key);
    } finally {
      gate.leave();
    }
  }

  private List<CatalogRow> find(Xact xact, Snapshot snapshot, String indexName, Object... key) {
    CatalogIndex index = index(indexName);
    ByteWriter bound = new ByteWriter(64);
    for (int i = 0; i < key.length; i++) {
      index.encoder.encodeColumn(i, keyColumn(index.types.get(i), key[i]), 0, bound);
    }
    byte[] lower = bound.toBytes();
    byte[] upper = KeyEncoder.successor(bound) ? bound.toBytes() : null;
    Rows rows = new Rows();
    IndexScan scan = index.index.scan(lower, true, upper, false, true);
    PendingRelation counters =
        xact.counters().relation(index.index.file().dbOid(), index.index.relation());
    counters.countScan();
    try {
      while (scan.next()) {
        counters.countReturned(1);
        if (heap.fetch(xact, snapshot, scan.tid(), rows) == FetchResult.FOUND) {
          counters.countFetched();
        }
      }
    } finally {
      scan.close();
    }
    return detoasted(rows.found);
  }

  private List<CatalogRow> detoasted(List<CatalogRow> rows) {
    if (toast != null) {
      Detoaster detoaster = new Detoaster(toast, codec);
      for (CatalogRow row : rows) {
        detoaster.resolveRow(row.values(), 0, allAttributes);
      }
    }
    return rows;
  }

  private CatalogIndex index(String name) {
    for (CatalogIndex index : indexes) {
      if (index.def.name().equals(name)) {
        return index;
      }
    }
    throw new IllegalArgumentException(def.name() + " has no index " + name);
  }

  private static Column keyColumn(PgType type, Object value) {
    Column column = new Column(type.rep(), 1);
    if (value instanceof Number number) {
      boolean unsigned = type.oid() == Types.OID && value instanceof Integer;
      column.setLong(0, unsigned ? Integer.toUnsignedLong(number.intValue()) : number.longValue());
    } else {
      column.setObject(0, Text.of(value.toString()));
    }
    return column;
  }

  List<CatalogRow> scan(Xact xact, Snapshot snapshot) {
    gate.enter();
    try {
      Rows rows = new Rows();
      TableScan scan = heap.scan(xact, snapshot);
      while (scan.next(rows, Batch.TARGET_ROWS)) {
        // Each call hands out one page.
      }
      return detoasted(rows.found);
    } finally {
      gate.leave();
    }
  }

  /// A step that changes the files.
  private Runnable change(Runnable step) {
    return () -> {
      gate.enter();
      try {
        step.run();
      } finally {
        gate.leave();
      }
    };
  }

  private final class Rows implements TupleSink {
    private final List<CatalogRow> found = new ArrayList<>();

    @Override
    public void tuple(long tid, MemorySegment memory, long offset, int length) {
      Batch values = new Batch(reps, 1);
      codec.deform(memory, offset, length, allAttributes, values, 0);
      values.setSize(1);
      found.add(CatalogRow.stored(CatalogTable.this, values, tid));
    }
  }

  /// Adds the steps that store a new row with its index entries.
  void insert(Xact xact, CatalogRow row, Steps steps) {
    byte[] payload = form(row);
    if (toast != null && TupleToaster.isNeeded(payload)) {
      TupleToaster toaster = new TupleToaster(codec, storage, toast, () -> {});
      steps.add(change(() -> insert(xact, row, toaster.toast(xact, payload), steps)));
    } else {
      insert(xact, row, payload, steps);
    }
  }

  private void insert(Xact xact, CatalogRow row, byte[] payload, Steps steps) {
    steps.add(
        change(() -> {
          long tid = heap.insert(xact, payload);
          addIndexEntries(xact, row, tid, steps);
        }));
  }

  /// Locks a row that was read, so that nobody else changes it before this transaction does.
  ///
  /// @return false when somebody has changed it since, so that it is to be read again
  boolean lock(Xact xact, CatalogRow row) {
    gate.enter();
    try {
      return heap.lock(xact, row.tid(), RowLock.UPDATE, LockWaitPolicy.BLOCK, TupleSink.NONE).ok();
    } finally {
      gate.leave();
    }
  }

  /// Adds the steps that replace the stored row by this changed copy of it.
  void update(Xact xact, CatalogRow row, Steps steps) {
    byte[] payload = form(row);
    deleteToasted(xact, row, steps);
    if (toast != null && TupleToaster.isNeeded(payload)) {
      TupleToaster toaster = new TupleToaster(codec, storage, toast, () -> {});
      steps.add(change(() -> update(xact, row, toaster.toast(xact, payload), steps)));
    } else {
      update(xact, row, payload, steps);
    }
  }

  /// Adds the steps that delete the long values of a stored row, which is about to go.
  private void deleteToasted(Xact xact, CatalogRow row, Steps steps) {
    ToastTable values = toast;
    if (values == null) {
      return;
    }
    steps.add(
        change(() -> {
          List<ToastedValue> found = new ArrayList<>();
          heap.fetchVersion(
              row.tid(),
              (tid, memory, offset, length) -> {
                byte[] stored = new byte[length];
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, stored, 0, length);
                @Nullable ToastedValue[] all = codec.toastedValues(stored);
                for (int i = 0; all != null && i < all.length; i++) {
                  ToastedValue value = all[i];
                  if (value != null && value.isExternal()) {
                    found.add(value);
                  }
                }
              });
          for (ToastedValue value : found) {
            ToastDelete delete = new ToastDelete(values, value.valueId());
            steps.add(change(() -> delete.run(xact)));
          }
        }));
  }

  private void update(Xact xact, CatalogRow row, byte[] payload, Steps steps) {
    steps.add(
        change(() -> {
          ModifyResult result = heap.update(xact, row.tid(), payload, true);
          check(result);
          if (result.needsIndexEntries()) {
            addIndexEntries(xact, row, result.tid(), steps);
          }
        }));
  }

  void delete(Xact xact, CatalogRow row, Steps steps) {
    deleteToasted(xact, row, steps);
    steps.add(
        change(() -> {
          ModifyResult result = heap.delete(xact, row.tid());
          if (result.status() != ModifyResult.Status.SELF_MODIFIED) {
            check(result);
          }
        }));
  }

  /// A row that the same command has changed already is a mistake of the command: its first change
  /// would be lost.
  private static void check(ModifyResult result) {
    if (!result.ok()) {
      throw PgException.error(
          SqlState.INTERNAL_ERROR,
          result.status() == ModifyResult.Status.SELF_MODIFIED
              ? "tuple already updated by self"
              : "tuple concurrently updated");
    }
  }

  private void addIndexEntries(Xact xact, CatalogRow row, long tid, Steps steps) {
    for (CatalogIndex index : indexes) {
      List<Column> columns = index.def.columns().stream().map(i -> row.values().column(i)).toList();
      byte[] key = index.encoder.encode(columns, 0);
      UniqueCheck check = index.def.unique() ? UniqueCheck.YES : UniqueCheck.NO;
      steps.add(
          change(() -> {
            if (index.index.insert(xact, key, tid, check) != Index.NO_CONFLICT) {
              throw duplicate(row, index);
            }
          }));
    }
  }

  private PgException duplicate(CatalogRow row, CatalogIndex index) {
    boolean typed =
        index.def.name().equals("pg_class_relname_nsp_index")
            && "rvmcfp".indexOf(row.letter("relkind")) >= 0;
    if (typed) {
      // In PostgreSQL the row type of the new relation is the first to meet the other one's.
      return duplicate(
          "pg_type",
          "pg_type_typname_nsp_index",
          "typname, typnamespace",
          row.text("relname") + ", " + Integer.toUnsignedString(row.oid("relnamespace")));
    }
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (int i : index.def.columns()) {
      Column column = row.values().column(i);
      names.add(def.columns().get(i).name());
      values.add(
          switch (column.rep()) {
            case LONG -> Long.toString(column.getLong(0));
            case DOUBLE -> Float.toString((float) column.getDouble(0));
            case OBJECT -> String.valueOf(column.getObject(0));
          });
    }
    return duplicate(
        def.name(), index.def.name(), String.join(", ", names), String.join(", ", values));
  }

  private static PgException duplicate(String table, String index, String names, String values) {
    return PgException.error(
            SqlState.UNIQUE_VIOLATION,
            "duplicate key value violates unique constraint \"%s\"",
            index)
        .detail("Key (%s)=(%s) already exists.", names, values)
        .table("pg_catalog", table)
        .constraint(index);
  }

  private byte[] form(CatalogRow row) {
    List<Column> columns = new ArrayList<>();
    for (int i = 0; i < row.values().width(); i++) {
      columns.add(row.values().column(i));
    }
    return codec.form(columns, 0);
  }
}
