package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import org.jspecify.annotations.Nullable;

/// Other columns over the same rows: some of the input's, and some that are computed.
public final class ProjectOperator implements Operator {
  private final Operator input;
  private final int[] picks;
  private final Projector projector;
  private final boolean computes;
  private @Nullable Batch pending;
  private @Nullable Batch lastInput;
  private @Nullable Batch output;

  /// @param picks for each output the input's column, or -1 - n for the n-th evaluator
  public ProjectOperator(
      Operator input, EvalFrame frame, int[] picks, Evaluator[] evaluators, int expectedRows) {
    this.input = input;
    this.picks = picks;
    this.computes = evaluators.length > 0;
    this.projector = new Projector(frame, evaluators, Math.min(expectedRows, Batch.TARGET_ROWS));
  }

  @Override
  public @Nullable Batch next() {
    if (pending == null) {
      pending = input.next();
      if (pending == null) {
        return null;
      }
    }
    Batch batch = pending;
    if (computes) {
      projector.project(batch);
    }
    pending = null;
    Batch result = output;
    if (result == null || lastInput != batch) {
      Column[] columns = new Column[picks.length];
      for (int i = 0; i < picks.length; i++) {
        columns[i] = picks[i] >= 0 ? batch.column(picks[i]) : projector.column(-1 - picks[i]);
      }
      result = new Batch(columns);
      output = result;
      lastInput = batch;
    }
    result.setSize(batch.size());
    return result;
  }

  @Override
  public void rescan() {
    pending = null;
    projector.reset();
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
