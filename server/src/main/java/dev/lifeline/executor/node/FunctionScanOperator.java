package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.SetEvaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.fmgr.SetIterator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of functions in FROM, side by side: a function that has ended before the others yields
/// nulls.
public final class FunctionScanOperator implements Operator {
  private static final int ROWS_BETWEEN_TICKS = 256;

  /// One function, and which of the scan's columns are its own.
  ///
  /// @param set for one that returns a set
  /// @param single for one that returns a value
  public record Source(
      @Nullable SetEvaluator set, @Nullable Evaluator single, int firstColumn, int columns) {}

  private final ExecState state;
  private final EvalFrame frame;
  private final List<Source> sources;
  private final boolean ordinality;
  private final Batch all;
  private final Batch output;
  private final List<List<Column>> columns = new ArrayList<>();
  private final @Nullable SetIterator[] iterators;
  private final boolean[] ended;
  private boolean opened;
  private long rowNumber;
  private int filled;

  public FunctionScanOperator(
      ExecState state,
      EvalFrame frame,
      List<Source> sources,
      boolean ordinality,
      List<Rep> reps,
      int[] picks) {
    this.state = state;
    this.frame = frame;
    this.sources = sources;
    this.ordinality = ordinality;
    this.all = new Batch(reps, 64);
    Column[] picked = new Column[picks.length];
    for (int i = 0; i < picks.length; i++) {
      picked[i] = all.column(picks[i]);
    }
    this.output = new Batch(picked);
    for (Source source : sources) {
      List<Column> own = new ArrayList<>();
      for (int i = 0; i < source.columns(); i++) {
        own.add(all.column(source.firstColumn() + i));
      }
      columns.add(own);
    }
    this.iterators = new @Nullable SetIterator[sources.size()];
    this.ended = new boolean[sources.size()];
  }

  @Override
  public @Nullable Batch next() {
    if (!opened) {
      for (int i = 0; i < sources.size(); i++) {
        SetEvaluator set = sources.get(i).set();
        iterators[i] = set == null ? null : set.open(frame);
      }
      frame.rowDone();
      opened = true;
    }
    while (filled < Batch.TARGET_ROWS) {
      if (filled % ROWS_BETWEEN_TICKS == ROWS_BETWEEN_TICKS - 1) {
        state.tick();
      }
      if (!row()) {
        break;
      }
      rowNumber++;
      if (ordinality) {
        all.column(all.width() - 1).setLong(filled, rowNumber);
      }
      filled++;
    }
    if (filled == 0) {
      return null;
    }
    output.setSize(filled);
    filled = 0;
    return output;
  }

  /// Whether any of the functions has another row.
  private boolean row() {
    boolean any = false;
    for (int i = 0; i < sources.size(); i++) {
      if (!ended[i] && !rowOf(i)) {
        ended[i] = true;
      }
      if (ended[i]) {
        int at = filled;
        columns.get(i).forEach(column -> column.setNull(at));
      } else {
        any = true;
      }
    }
    return any;
  }

  private boolean rowOf(int i) {
    SetIterator iterator = iterators[i];
    if (iterator != null) {
      return iterator.next(columns.get(i), filled);
    }
    Evaluator single = sources.get(i).single();
    if (single == null || rowNumber > 0) {
      return false;
    }
    single.evalInto(frame, columns.get(i).getFirst(), filled);
    frame.rowDone();
    return true;
  }

  @Override
  public void rescan() {
    opened = false;
    rowNumber = 0;
    filled = 0;
    Arrays.fill(ended, false);
  }

  @Override
  public void close() {}
}
