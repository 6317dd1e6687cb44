package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of expressions.
public final class ValuesOperator implements Operator {
  private final EvalFrame frame;
  private final List<Evaluator[]> rows;
  private final Batch output;
  private int next;
  private int filled;
  private int column;

  public ValuesOperator(EvalFrame frame, List<Evaluator[]> rows, List<Rep> reps) {
    this.frame = frame;
    this.rows = rows;
    this.output = new Batch(reps, Math.min(rows.size(), Batch.TARGET_ROWS));
  }

  @Override
  public @Nullable Batch next() {
    while (next < rows.size() && filled < Batch.TARGET_ROWS) {
      Evaluator[] row = rows.get(next);
      while (column < row.length) {
        row[column].evalInto(frame, output.column(column), filled);
        frame.rowDone();
        column++;
      }
      column = 0;
      filled++;
      next++;
    }
    if (filled == 0) {
      return null;
    }
    output.setSize(filled);
    filled = 0;
    return output;
  }

  @Override
  public void rescan() {
    next = 0;
    filled = 0;
    column = 0;
  }

  @Override
  public void close() {}
}
