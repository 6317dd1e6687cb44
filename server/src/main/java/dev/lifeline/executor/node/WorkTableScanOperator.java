package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the rows that the last round of a recursive query has found.
public final class WorkTableScanOperator implements Operator {
  private final ExecState state;
  private final int cell;
  private final int[] picks;
  private final Batch output;
  private int position;

  /// @param cell where the recursive union keeps them
  public WorkTableScanOperator(ExecState state, int cell, List<Rep> reps, int[] picks) {
    this.state = state;
    this.cell = cell;
    this.picks = picks.clone();
    this.output = new Batch(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    if (!(state.cell(cell) instanceof RowStore rows)) {
      throw new IllegalStateException("no work table");
    }
    int size = rows.read(position, picks, output);
    position += size;
    return size == 0 ? null : output;
  }

  @Override
  public void rescan() {
    position = 0;
  }

  @Override
  public void close() {}
}
