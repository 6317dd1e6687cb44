package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the rows of a WITH query.
public final class CteScanOperator implements Operator {
  private final CteStore store;
  private final int[] picks;
  private final Batch output;
  private int position;

  public CteScanOperator(CteStore store, List<Rep> reps, int[] picks) {
    this.store = store;
    this.picks = picks.clone();
    this.output = new Batch(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    if (!store.has(position)) {
      return null;
    }
    position += store.rows().read(position, picks, output);
    return output;
  }

  @Override
  public void rescan() {
    position = 0;
    store.refresh();
  }

  @Override
  public void close() {}
}
