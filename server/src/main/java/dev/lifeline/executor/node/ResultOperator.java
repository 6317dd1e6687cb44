package dev.lifeline.executor.node;

import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import org.jspecify.annotations.Nullable;

/// One row without columns, or its input's rows; either only where a condition holds that is
/// checked once.
public final class ResultOperator implements Operator {
  private final @Nullable Operator input;
  private final EvalFrame frame;
  private final @Nullable Evaluator condition;
  private final Batch row = new Batch(new Column[0]);
  private boolean checked;
  private boolean done;

  public ResultOperator(@Nullable Operator input, EvalFrame frame, @Nullable Evaluator condition) {
    this.input = input;
    this.frame = frame;
    this.condition = condition;
  }

  @Override
  public @Nullable Batch next() {
    if (!checked) {
      if (condition != null) {
        done = !condition.isTrue(frame);
        frame.rowDone();
      }
      checked = true;
    }
    if (done) {
      return null;
    }
    if (input != null) {
      return input.next();
    }
    done = true;
    row.setSize(1);
    return row;
  }

  @Override
  public void rescan() {
    checked = false;
    done = false;
    if (input != null) {
      input.rescan();
    }
  }

  @Override
  public void close() {
    if (input != null) {
      input.close();
    }
  }
}
