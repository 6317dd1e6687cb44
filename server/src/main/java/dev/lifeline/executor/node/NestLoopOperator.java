package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Joins by reading the inner side anew for each outer row, which it may look at by parameters.
public final class NestLoopOperator implements Operator {
  private final ExecState state;
  private final EvalFrame frame;
  private final FromItem.Type type;
  private final Operator outer;
  private final Operator inner;
  private final int[] parameterIndexes;
  private final Evaluator[] parameterValues;
  private final @Nullable Evaluator joinFilter;
  private final int outerWidth;
  private final Batch output;

  private @Nullable Batch outerBatch;
  private int outerRow;
  private boolean innerReady;
  private boolean innerRead;
  private @Nullable Batch innerBatch;
  private int innerRow;
  private boolean matched;
  private int rows;
  private boolean atEnd;

  public NestLoopOperator(
      ExecState state,
      EvalFrame frame,
      FromItem.Type type,
      Operator outer,
      Operator inner,
      int[] parameterIndexes,
      Evaluator[] parameterValues,
      @Nullable Evaluator joinFilter,
      int outerWidth,
      List<Rep> reps,
      int expectedRows) {
    this.state = state;
    this.frame = frame;
    this.type = type;
    this.outer = outer;
    this.inner = inner;
    this.parameterIndexes = parameterIndexes;
    this.parameterValues = parameterValues;
    this.joinFilter = joinFilter;
    this.outerWidth = outerWidth;
    this.output = new Batch(reps, Math.max(1, Math.min(expectedRows, Batch.TARGET_ROWS)));
  }

  @Override
  public @Nullable Batch next() {
    while (!atEnd && rows < Batch.TARGET_ROWS) {
      Batch batch = outerBatch;
      if (batch == null) {
        batch = outer.next();
        if (batch == null) {
          atEnd = true;
          break;
        }
        outerBatch = batch;
        outerRow = 0;
      }
      while (outerRow < batch.size() && rows < Batch.TARGET_ROWS) {
        if (joinOuterRow(batch)) {
          outerRow++;
          innerReady = false;
        }
      }
      if (outerRow == batch.size()) {
        outerBatch = null;
        if (rows > 0) {
          break;
        }
      }
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  /// Goes on with the current outer row.
  ///
  /// @return false when the output is full and the row is not done
  private boolean joinOuterRow(Batch batch) {
    if (!innerReady) {
      state.tickRow();
      startInner(batch);
    }
    while (rows < Batch.TARGET_ROWS) {
      Batch in = innerBatch;
      if (in == null) {
        state.tickRow();
        in = inner.next();
        if (in == null) {
          endOuterRow(batch);
          return true;
        }
        innerBatch = in;
        innerRow = 0;
      }
      while (innerRow < in.size() && rows < Batch.TARGET_ROWS) {
        boolean match = matches(batch, in);
        int row = innerRow++;
        if (!match) {
          continue;
        }
        matched = true;
        if (type == FromItem.Type.SEMI) {
          emit(batch, null, 0);
          return true;
        }
        if (type == FromItem.Type.ANTI) {
          return true;
        }
        emit(batch, in, row);
      }
      if (innerRow == in.size()) {
        innerBatch = null;
      }
    }
    return false;
  }

  private void startInner(Batch batch) {
    frame.input = batch;
    frame.row = outerRow;
    for (int i = 0; i < parameterIndexes.length; i++) {
      parameterValues[i].evalInto(frame, state.exec().column(parameterIndexes[i]), 0);
    }
    frame.rowDone();
    if (innerRead) {
      inner.rescan();
    }
    innerRead = true;
    innerReady = true;
    innerBatch = null;
    matched = false;
  }

  private boolean matches(Batch batch, Batch in) {
    if (joinFilter == null) {
      return true;
    }
    frame.input = batch;
    frame.row = outerRow;
    frame.inner = in;
    frame.innerRow = innerRow;
    boolean result = joinFilter.isTrue(frame);
    frame.rowDone();
    return result;
  }

  private void endOuterRow(Batch batch) {
    if (!matched && (type == FromItem.Type.LEFT || type == FromItem.Type.ANTI)) {
      emit(batch, null, 0);
    }
  }

  /// @param in null: the inner columns, where the join has them, are null
  private void emit(Batch batch, @Nullable Batch in, int row) {
    for (int c = 0; c < outerWidth; c++) {
      output.column(c).copy(rows, batch.column(c), outerRow);
    }
    for (int c = outerWidth; c < output.width(); c++) {
      if (in == null) {
        output.column(c).setNull(rows);
      } else {
        output.column(c).copy(rows, in.column(c - outerWidth), row);
      }
    }
    rows++;
  }

  @Override
  public void rescan() {
    outerBatch = null;
    innerReady = false;
    innerBatch = null;
    rows = 0;
    atEnd = false;
    outer.rescan();
  }

  @Override
  public void close() {
    outer.close();
    inner.close();
  }
}
