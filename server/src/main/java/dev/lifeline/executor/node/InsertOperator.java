package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// INSERT: writes the rows of its input, and returns them where RETURNING wants it.
public final class InsertOperator implements ModifyingOperator {
  private final ExecState state;
  private final Operator input;
  private final TableWriter writer;
  private final @Nullable ConflictHandler conflicts;
  private final boolean returning;
  private final Projector projector;
  private final Batch output;
  private @Nullable Batch pending;
  private boolean written;
  private int row;
  private long count;

  /// @param returning the outputs of RETURNING, over the table's columns
  public InsertOperator(
      ExecState state,
      EvalFrame frame,
      Operator input,
      TableWriter writer,
      @Nullable ConflictHandler conflicts,
      Evaluator[] returning) {
    this.state = state;
    this.input = input;
    this.writer = writer;
    this.conflicts = conflicts;
    this.returning = returning.length > 0;
    this.projector = new Projector(frame, returning, 1);
    this.output = new Batch(projector.columns());
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      if (pending == null) {
        pending = input.next();
        written = false;
        row = 0;
      }
      Batch batch = pending;
      if (batch == null) {
        return null;
      }
      Batch rows = batch;
      if (!written) {
        if (conflicts == null) {
          writer.insertAll(state.xact(), batch);
          count += batch.size();
        } else {
          while (row < batch.size()) {
            count += conflicts.insert(batch, row) ? 1 : 0;
            row++;
          }
        }
        written = true;
      }
      if (conflicts != null) {
        rows = conflicts.changed();
      }
      if (!returning || rows.size() == 0) {
        finishBatch();
        // Not where a batch goes out: it would be lost.
        state.tick();
        continue;
      }
      projector.project(rows);
      output.setSize(rows.size());
      finishBatch();
      return output;
    }
  }

  private void finishBatch() {
    pending = null;
    if (conflicts != null) {
      conflicts.clearChanged();
    }
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public void rescan() {
    throw new IllegalStateException("a statement that changes data runs once");
  }

  @Override
  public void close() {
    if (conflicts != null) {
      conflicts.close();
    }
    input.close();
  }
}
