package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The rows for which a condition is true.
public final class FilterOperator implements Operator {
  private final Operator input;
  private final EvalFrame frame;
  private final Evaluator condition;
  private final boolean mayWait;
  private final @Nullable BooleanSupplier applies;
  private @Nullable Batch pending;
  private int[] rows = {};
  private int position;
  private int kept;
  private long removed;

  /// @param mayWait whether the condition contains a subplan, which may have to wait in the middle
  ///   of a batch: then the rows are looked at one by one
  public FilterOperator(Operator input, EvalFrame frame, Evaluator condition, boolean mayWait) {
    this(input, frame, condition, mayWait, null);
  }

  /// @param applies whether the batch that the input has just handed on must be looked at; null
  ///   where each must
  public FilterOperator(
      Operator input,
      EvalFrame frame,
      Evaluator condition,
      boolean mayWait,
      @Nullable BooleanSupplier applies) {
    this.input = input;
    this.frame = frame;
    this.condition = condition;
    this.mayWait = mayWait;
    this.applies = applies;
  }

  /// What it reads from.
  public Operator input() {
    return input;
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      if (pending == null) {
        pending = input.next();
        position = 0;
        kept = 0;
      }
      Batch batch = pending;
      if (batch == null) {
        return null;
      }
      if (applies != null && !applies.getAsBoolean()) {
        pending = null;
        return batch;
      }
      int size = batch.size();
      if (rows.length < size) {
        rows = new int[size];
      }
      frame.input = batch;
      if (mayWait) {
        filterOneByOne(size);
      } else {
        for (int i = 0; i < size; i++) {
          rows[i] = i;
        }
        kept = condition.filter(frame, rows, size);
      }
      pending = null;
      removed += size - kept;
      if (kept > 0) {
        Batches.keep(batch, rows, kept);
        return batch;
      }
    }
  }

  private void filterOneByOne(int size) {
    while (position < size) {
      frame.row = position;
      boolean passes = condition.isTrue(frame);
      frame.rowDone();
      if (passes) {
        rows[kept++] = position;
      }
      position++;
    }
  }

  /// Whether it only looks again at what its input has already selected.
  public boolean isRecheck() {
    return applies != null;
  }

  /// How many rows did not pass, for EXPLAIN ANALYZE.
  public long removed() {
    return removed;
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
