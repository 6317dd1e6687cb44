package dev.lifeline.executor.node;

import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the rows that part of an index leads to, in its order.
public final class IndexScanOperator extends IndexEntryScan implements TupleSink {
  private final StoredTable stored;
  private final Table table;
  private final RowShape shape;

  /// @param batchRows hand on a batch with so many rows: few, where few are expected to be asked
  ///   for
  public IndexScanOperator(
      ExecState state,
      StoredTable stored,
      StoredTable.StoredIndex index,
      RowShape shape,
      IndexBounds bounds,
      EvalFrame frame,
      boolean forward,
      int batchRows) {
    super(state, index, shape, bounds, frame, forward, batchRows);
    this.stored = stored;
    this.table = stored.table();
    this.shape = shape;
  }

  @Override
  protected IndexScan open(
      byte @Nullable [] lower, byte @Nullable [] upper, boolean upperInclusive, boolean forward) {
    return index.index().scan(lower, true, upper, upperInclusive, forward);
  }

  @Override
  protected void take(IndexScan entry) {
    FetchResult result = table.fetch(state.xact(), state.snapshot(), entry.tid(), this);
    if (result == FetchResult.FOUND) {
      counters().countFetched();
    } else if (result == FetchResult.DEAD) {
      entry.kill();
    }
  }

  @Override
  public void tuple(long tid, MemorySegment memory, long offset, int length) {
    stored.codec().deform(memory, offset, length, shape.targets(), output, rows);
    shape.setSystem(output, rows, tid);
    rows++;
  }
}
