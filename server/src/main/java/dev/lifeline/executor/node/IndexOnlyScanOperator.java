package dev.lifeline.executor.node;

import dev.lifeline.access.index.IndexEntry;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads rows out of the entries of an index. The table is only looked at for those whose page has
/// something on it that not everybody sees.
public final class IndexOnlyScanOperator extends IndexEntryScan implements Measured {
  private final Table table;
  private final IndexOnlyShape shape;
  private long heapFetches;

  /// @param batchRows hand on a batch with so many rows: few, where few are expected to be asked
  ///   for
  public IndexOnlyScanOperator(
      ExecState state,
      StoredTable stored,
      StoredTable.StoredIndex index,
      IndexOnlyShape shape,
      IndexBounds bounds,
      EvalFrame frame,
      boolean forward,
      int batchRows) {
    super(state, index, shape.row(), bounds, frame, forward, batchRows);
    this.table = stored.table();
    this.shape = shape;
  }

  @Override
  protected IndexScan open(
      byte @Nullable [] lower, byte @Nullable [] upper, boolean upperInclusive, boolean forward) {
    return index.index().scanOnly(lower, true, upper, upperInclusive, forward);
  }

  @Override
  protected void take(IndexScan entry) {
    if (entry.allVisible() || fetch(entry)) {
      read(entry);
    }
  }

  /// Whether the snapshot sees the row of the entry.
  private boolean fetch(IndexScan entry) {
    FetchResult result = table.fetch(state.xact(), state.snapshot(), entry.tid(), TupleSink.NONE);
    heapFetches++;
    if (result == FetchResult.FOUND) {
      counters().countFetched();
      return true;
    }
    if (result == FetchResult.DEAD) {
      entry.kill();
    }
    return false;
  }

  private void read(IndexScan scan) {
    int[] keys = shape.keys();
    int[] stored = shape.stored();
    if (keys.length > 0 || stored.length > 0) {
      byte[] entry = scan.key();
      int at = 0;
      for (int i = 0; i < keys.length; i++) {
        int target = keys[i];
        at =
            index
                .encoder()
                .decodeColumn(i, entry, at, target < 0 ? null : output.column(target), rows);
      }
      if (stored.length > 0) {
        index
            .form()
            .storedCodec()
            .deform(
                MemorySegment.ofArray(entry),
                IndexEntry.keyLength(entry),
                IndexEntry.storedLength(entry),
                stored,
                output,
                rows);
      }
    }
    shape.row().setSystem(output, rows, scan.tid());
    rows++;
  }

  @Override
  public Map<String, Long> figures() {
    return Map.of("Heap Fetches", heapFetches);
  }
}
