package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs a recursive query: the rows of the non-recursive term, then round by round what the
/// recursive term makes of the rows that the round before has found, until one finds none. Rows are
/// handed on as they are found, so that a LIMIT ends a recursion that has no end.
public final class RecursiveUnionOperator implements Operator {
  private final ExecState state;
  private final Operator initial;
  private final Supplier<Operator> recursive;
  private final int cell;
  private final List<Rep> reps;
  private final Batch output;

  /// For UNION: the rows that were found.
  private final @Nullable GroupTable seen;

  private @Nullable Operator round;
  private RowStore found;

  /// @param recursive makes the recursive term for one round
  /// @param cell where the term's scan finds the last round's rows
  /// @param distinct the columns' types for UNION, empty for UNION ALL
  public RecursiveUnionOperator(
      ExecState state,
      Operator initial,
      Supplier<Operator> recursive,
      int cell,
      List<Rep> reps,
      List<TypeOps> distinct) {
    this.state = state;
    this.initial = initial;
    this.recursive = recursive;
    this.cell = cell;
    this.reps = reps;
    this.output = new Batch(reps, 64);
    this.seen = distinct.isEmpty() ? null : new GroupTable(distinct, 64);
    this.found = new RowStore(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      Operator current = round;
      Batch batch = current == null ? initial.next() : current.next();
      if (batch != null) {
        take(batch);
        if (output.size() > 0) {
          return output;
        }
        continue;
      }
      if (found.size() == 0) {
        return null;
      }
      if (current != null) {
        current.close();
      }
      state.cell(cell, found);
      found = new RowStore(reps, 64);
      round = recursive.get();
      state.tick();
    }
  }

  private void take(Batch batch) {
    Column[] columns = new Column[batch.width()];
    for (int c = 0; c < columns.length; c++) {
      columns[c] = batch.column(c);
    }
    int rows = 0;
    for (int row = 0; row < batch.size(); row++) {
      if (isNew(columns, row)) {
        int number = found.add(batch, row);
        found.copyTo(number, output, rows++, 0);
      }
    }
    output.setSize(rows);
  }

  private boolean isNew(Column[] columns, int row) {
    GroupTable known = seen;
    if (known == null) {
      return true;
    }
    int before = known.size();
    known.findOrAdd(columns, row);
    return known.size() > before;
  }

  @Override
  public void rescan() {
    if (round != null) {
      round.close();
      round = null;
    }
    if (seen != null) {
      seen.clear();
    }
    found = new RowStore(reps, 64);
    initial.rescan();
  }

  @Override
  public void close() {
    initial.close();
    if (round != null) {
      round.close();
    }
  }
}
