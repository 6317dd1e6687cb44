package dev.lifeline.executor.node;

import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts what part of an index leads to into a bitmap. Its batches have no columns: they only say
/// how many entries there were.
public final class BitmapIndexScanOperator extends IndexEntryScan {
  private static final RowShape NO_COLUMNS = new RowShape(List.of(), new int[0], -1, -1, 0);

  private final TidBitmap bitmap;

  public BitmapIndexScanOperator(
      ExecState state,
      StoredTable.StoredIndex index,
      IndexBounds bounds,
      EvalFrame frame,
      TidBitmap bitmap) {
    super(state, index, NO_COLUMNS, bounds, frame, true, Batch.TARGET_ROWS);
    this.bitmap = bitmap;
  }

  @Override
  protected IndexScan open(
      byte @Nullable [] lower, byte @Nullable [] upper, boolean upperInclusive, boolean forward) {
    return index.index().scan(lower, true, upper, upperInclusive, forward);
  }

  @Override
  protected void take(IndexScan entry) {
    bitmap.add(entry.tid());
    rows++;
  }
}
