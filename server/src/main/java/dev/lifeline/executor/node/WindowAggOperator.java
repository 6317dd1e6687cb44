package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Computes window functions. Its input comes in the order of the window, so that a partition is a
/// stretch of it: gathered, computed row by row, and forgotten.
public final class WindowAggOperator implements Operator {
  /// After so many rows looked at, the statement may have to give up its turn.
  private static final int ROWS_BETWEEN_TICKS = 1024;

  /// A column that rows are compared by.
  public record Key(int column, TypeOps ops) {}

  /// What its input's columns are.
  ///
  /// @param width how many of them are passed on
  public record Layout(
      List<Rep> reps,
      int width,
      List<Key> partition,
      List<Key> order,
      WindowFrameSpec frame,
      List<WindowCall> calls) {}

  private final ExecState state;
  private final Operator input;
  private final Layout layout;
  private final RowStore rows;
  private final WindowPartition partition;
  private final WindowFrames frames;
  private final List<WindowRun> runs = new ArrayList<>();
  private final Batch output;

  private @Nullable Batch pending;
  private int pendingRow;
  private boolean inputAtEnd;
  private boolean computing;
  private int row;
  private int outRows;
  private int sinceTick;

  public WindowAggOperator(ExecState state, Operator input, Layout layout) {
    this.state = state;
    this.input = input;
    this.layout = layout;
    this.rows = new RowStore(layout.reps, 64);
    this.partition = new WindowPartition(rows, layout.order);
    this.frames = new WindowFrames(layout.frame, partition);
    List<Rep> reps = new ArrayList<>(layout.reps.subList(0, layout.width));
    for (WindowCall call : layout.calls) {
      reps.add(call.rep());
      runs.add(
          call.function().isAggregate()
              ? new WindowAggregate(call, state.context(), partition, frames)
              : WindowFunctions.of(call, partition, frames));
    }
    this.output = new Batch(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    while (outRows < Batch.TARGET_ROWS) {
      if (!computing && !gather()) {
        break;
      }
      compute();
    }
    if (outRows == 0) {
      return null;
    }
    output.setSize(outRows);
    outRows = 0;
    return output;
  }

  /// Gathers the next partition; whether there is one.
  private boolean gather() {
    while (true) {
      Batch batch = pending;
      if (batch == null) {
        batch = inputAtEnd ? null : input.next();
        pending = batch;
        pendingRow = 0;
        if (batch == null) {
          inputAtEnd = true;
          return begin();
        }
      }
      RowStore kept = rows;
      while (pendingRow < batch.size()) {
        kept.add(batch, pendingRow);
        int last = kept.size() - 1;
        if (last > 0 && !WindowPartition.same(layout.partition, kept, 0, kept, last)) {
          kept.removeLast();
          return begin();
        }
        pendingRow++;
      }
      pending = null;
      state.tick();
    }
  }

  private boolean begin() {
    if (rows.size() == 0) {
      return false;
    }
    partition.begin();
    frames.begin();
    runs.forEach(WindowRun::begin);
    row = 0;
    computing = true;
    return true;
  }

  private void compute() {
    while (row < rows.size() && outRows < Batch.TARGET_ROWS) {
      if (sinceTick >= ROWS_BETWEEN_TICKS) {
        sinceTick = 0;
        state.tick();
      }
      for (int c = 0; c < layout.width; c++) {
        output.column(c).copy(outRows, rows.column(c), row);
      }
      frames.find(row);
      for (int i = 0; i < runs.size(); i++) {
        sinceTick += runs.get(i).compute(row, output.column(layout.width + i), outRows);
      }
      row++;
      outRows++;
    }
    if (row == rows.size()) {
      rows.clear();
      computing = false;
    }
  }

  @Override
  public void rescan() {
    input.rescan();
    rows.clear();
    pending = null;
    inputAtEnd = false;
    computing = false;
    outRows = 0;
  }

  @Override
  public void close() {
    input.close();
  }
}
