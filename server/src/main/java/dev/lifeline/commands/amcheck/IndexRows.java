package dev.lifeline.commands.amcheck;

import dev.lifeline.access.common.KeyEncoder;
import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.commands.RowDecoder;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What an index would consist of if it were built now: the key of each row, under the tid that an
/// entry has to have. A step: called again after each wait, it goes on where it was.
final class IndexRows implements Runnable {
  /// A row's key.
  @SuppressWarnings("ArrayRecordComponent")
  record Key(byte[] bytes, boolean hasNull) {}

  private final TupleCodec codec;
  private final int[] targets;
  private final Batch values;
  private final List<Column> columns = new ArrayList<>();
  private final KeyEncoder encoder;
  private final TableScan scan;
  private final Map<Long, Key> keys = new HashMap<>();
  private final List<Rep> reps = new ArrayList<>();
  private final List<Integer> attnums = new ArrayList<>();
  private final @Nullable Detoaster detoaster;

  /// Rows with a key that has to be fetched first.
  private final ArrayDeque<Toasted> toasted = new ArrayDeque<>();

  private record Toasted(long tid, Batch values, boolean hasNull) {}

  IndexRows(BackendCatalog catalog, Relation relation, Relation.Index index, EvalContext eval) {
    codec = RowDecoder.of(relation, eval);
    targets = new int[codec.attributes()];
    Arrays.fill(targets, -1);
    List<KeyEncoder.KeyColumn> encoded = new ArrayList<>();
    for (Relation.IndexKey key : index.keys()) {
      PgType type = Types.get(relation.column(key.attnum()).typeOid());
      encoded.add(new KeyEncoder.KeyColumn(type, key.descending(), key.nullsFirst()));
      if (targets[key.attnum() - 1] < 0) {
        targets[key.attnum() - 1] = reps.size();
        reps.add(type.rep());
      }
    }
    values = new Batch(reps, 1);
    for (Relation.IndexKey key : index.keys()) {
      attnums.add(key.attnum());
      columns.add(values.column(targets[key.attnum() - 1]));
    }
    Relation.Toast toast = relation.toast();
    detoaster = toast == null ? null : new Detoaster(catalog.toast(toast), codec);
    encoder = new KeyEncoder(encoded);
    scan = catalog.table(relation).indexBuildScan(catalog.client().xact());
  }

  /// The keys by tid, when the step is done.
  Map<Long, Key> keys() {
    return keys;
  }

  @Override
  public void run() {
    TupleSink sink = this::collect;
    do {
      fetchToasted();
    } while (scan.next(sink, Batch.TARGET_ROWS));
    fetchToasted();
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, targets, values, 0);
    boolean hasNull = KeyEncoder.hasNull(columns, 0);
    if (detoaster != null && columns.stream().anyMatch(IndexRows::isToasted)) {
      Batch copy = new Batch(reps, 1);
      for (int c = 0; c < copy.width(); c++) {
        copy.column(c).copy(0, values.column(c), 0);
      }
      copy.setSize(1);
      toasted.add(new Toasted(tid, copy, hasNull));
    } else {
      keys.put(tid, new Key(encoder.encode(columns, 0), hasNull));
    }
  }

  private static boolean isToasted(Column column) {
    return column.rep() == Rep.OBJECT && column.getObject(0) instanceof ToastedValue;
  }

  private void fetchToasted() {
    Toasted row = toasted.peek();
    while (row != null && detoaster != null) {
      detoaster.resolve(row.values(), targets);
      List<Column> resolved = new ArrayList<>();
      for (int attnum : attnums) {
        resolved.add(row.values().column(targets[attnum - 1]));
      }
      keys.put(row.tid(), new Key(encoder.encode(resolved, 0), row.hasNull()));
      toasted.remove();
      row = toasted.peek();
    }
  }
}
