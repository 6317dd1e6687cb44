package dev.lifeline.executor.node;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// Fetches the long values of some columns, for the rows that have come so far: after a filter on
/// other columns only those that have passed.
public final class DetoastOperator implements Operator {
  private final Operator input;
  private final Detoaster detoaster;
  private final int[] targets;
  private @Nullable Batch pending;

  /// @param targets for each of the table's columns the batch's, or -1 for what is left as it is
  public DetoastOperator(Operator input, Detoaster detoaster, int[] targets) {
    this.input = input;
    this.detoaster = detoaster;
    this.targets = targets.clone();
  }

  @Override
  public @Nullable Batch next() {
    if (pending == null) {
      pending = input.next();
    }
    Batch batch = pending;
    if (batch != null) {
      detoaster.resolve(batch, targets);
    }
    pending = null;
    return batch;
  }

  /// What it reads from: EXPLAIN ANALYZE knows only that.
  public Operator input() {
    return input;
  }

  @Override
  public void rescan() {
    pending = null;
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
