package dev.lifeline.commands;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.IndexForm;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.batch.Batch;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Goes over the rows of a table and makes the entries that an index should have for them. It may
/// have to wait anywhere; called again, it goes on where it was.
public final class IndexEntries {
  /// Takes an entry.
  public interface Sink {
    /// Is called for each row that the index has.
    ///
    /// @param canConflict whether it can conflict with another one, if the index is unique
    void entry(byte[] key, long tid, boolean canConflict);
  }

  private final IndexForm form;
  private final TupleCodec codec;
  private final int[] targets;
  private final Batch rows;
  private final long[] tids = new long[Batch.TARGET_ROWS];
  private final IndexForm.Keys keys;
  private final @Nullable Detoaster detoaster;
  private final TableScan scan;
  private final ByteWriter key = new ByteWriter(64);
  private final TupleSink sink = this::collect;
  private int next;

  /// @param scan gives the rows under the tids that the entries lead to
  public IndexEntries(
      BackendCatalog catalog,
      Relation relation,
      Relation.Index index,
      EvalContext eval,
      TableScan scan) {
    this.form = IndexForm.of(relation, index, catalog, eval);
    this.codec = RowDecoder.of(relation, eval);
    this.targets = new int[codec.attributes()];
    Arrays.fill(targets, -1);
    form.needed().forEach(column -> targets[column] = column);
    this.rows = codec.newBatch(Batch.TARGET_ROWS);
    this.keys = form.newKeys(new EvalFrame(eval));
    Relation.Toast toast = relation.toast();
    this.detoaster = toast == null ? null : new Detoaster(catalog.toast(toast), codec);
    this.scan = scan;
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    int row = rows.size();
    codec.deform(memory, offset, length, targets, rows, row);
    tids[row] = tid;
    rows.setSize(row + 1);
  }

  /// Does the rows of a page.
  ///
  /// @return false when there are no more
  public boolean page(Sink entries) {
    for (; next < rows.size(); next++) {
      if (detoaster != null) {
        detoaster.resolveRow(rows, next, targets);
      }
      if (keys.of(rows, next)) {
        key.clear();
        keys.encodeEntry(key);
        entries.entry(key.toBytes(), tids[next], keys.canConflict());
      }
    }
    rows.setSize(0);
    next = 0;
    return scan.next(sink, Batch.TARGET_ROWS) || rows.size() > 0;
  }

  /// The values of the key that the last entry had, as messages have them.
  public String describeKey(EvalContext eval) {
    return keys.describe(eval);
  }

  IndexForm form() {
    return form;
  }
}
