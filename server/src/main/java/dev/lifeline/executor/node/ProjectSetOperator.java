package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.SetEvaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Outputs some of which are sets: each input row is repeated until the longest of its sets has
/// ended; those that end before are filled up with nulls.
public final class ProjectSetOperator implements Operator {
  private final ExecState state;
  private final Operator input;
  private final EvalFrame frame;
  private final @Nullable SetEvaluator[] sets;
  private final @Nullable Evaluator[] values;
  private final Batch output;
  private final @Nullable SetIterator[] iterators;
  private final boolean[] ended;
  private @Nullable Batch batch;
  private int row;
  private boolean rowOpen;
  private int filled;

  /// For each output one of `sets` and `values`.
  public ProjectSetOperator(
      ExecState state,
      Operator input,
      EvalFrame frame,
      @Nullable SetEvaluator[] sets,
      @Nullable Evaluator[] values,
      List<Rep> reps) {
    this.state = state;
    this.input = input;
    this.frame = frame;
    this.sets = sets;
    this.values = values;
    this.output = new Batch(reps, 64);
    this.iterators = new @Nullable SetIterator[sets.length];
    this.ended = new boolean[sets.length];
  }

  @Override
  public @Nullable Batch next() {
    while (filled < Batch.TARGET_ROWS) {
      Batch current = batch;
      if (current == null) {
        current = input.next();
        if (current == null) {
          break;
        }
        batch = current;
        row = 0;
        rowOpen = false;
      }
      frame.input = current;
      frame.row = row;
      if (!rowOpen) {
        open();
      }
      if (!expand()) {
        rowOpen = false;
        row++;
        if (row == current.size()) {
          batch = null;
        }
      }
    }
    if (filled == 0) {
      return null;
    }
    output.setSize(filled);
    filled = 0;
    return output;
  }

  private void open() {
    state.tick();
    for (int i = 0; i < sets.length; i++) {
      SetEvaluator set = sets[i];
      iterators[i] = set == null ? null : set.open(frame);
      ended[i] = false;
    }
    frame.rowDone();
    rowOpen = true;
  }

  /// Adds one row for the current input row, unless all its sets have ended.
  private boolean expand() {
    boolean any = false;
    for (int i = 0; i < sets.length; i++) {
      SetIterator iterator = iterators[i];
      if (iterator == null) {
        continue;
      }
      Column column = output.column(i);
      if (!ended[i] && !iterator.next(List.of(column), filled)) {
        ended[i] = true;
      }
      if (ended[i]) {
        column.setNull(filled);
      } else {
        any = true;
      }
    }
    if (!any) {
      return false;
    }
    for (int i = 0; i < values.length; i++) {
      Evaluator value = values[i];
      if (value != null) {
        value.evalInto(frame, output.column(i), filled);
      }
    }
    frame.rowDone();
    filled++;
    return true;
  }

  @Override
  public void rescan() {
    batch = null;
    filled = 0;
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
