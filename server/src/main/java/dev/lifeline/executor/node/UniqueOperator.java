package dev.lifeline.executor.node;

import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Of neighbouring rows that are equal in some columns, the first.
public final class UniqueOperator implements Operator {
  private final Operator input;
  private final int[] columns;
  private final TypeOps[] ops;
  private final Column[] last;
  private boolean hasLast;
  private int[] kept = {};

  public UniqueOperator(Operator input, int[] columns, List<TypeOps> ops) {
    this.input = input;
    this.columns = columns.clone();
    this.ops = ops.toArray(new TypeOps[0]);
    this.last = new Column[columns.length];
    for (int i = 0; i < last.length; i++) {
      last[i] = new Column(this.ops[i].rep(), 1);
    }
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      Batch batch = input.next();
      if (batch == null) {
        return null;
      }
      int size = batch.size();
      if (kept.length < size) {
        kept = new int[size];
      }
      int count = 0;
      for (int row = 0; row < size; row++) {
        if (!hasLast || differs(batch, row)) {
          remember(batch, row);
          kept[count++] = row;
        }
      }
      if (count > 0) {
        Batches.keep(batch, kept, count);
        return batch;
      }
    }
  }

  private boolean differs(Batch batch, int row) {
    for (int i = 0; i < columns.length; i++) {
      Column column = batch.column(columns[i]);
      boolean isNull = column.isNull(row);
      if (isNull != last[i].isNull(0)
          || (!isNull && ops[i].compare(last[i], 0, column, row) != 0)) {
        return true;
      }
    }
    return false;
  }

  private void remember(Batch batch, int row) {
    for (int i = 0; i < columns.length; i++) {
      last[i].copy(0, batch.column(columns[i]), row);
    }
    hasLast = true;
  }

  @Override
  public void rescan() {
    hasLast = false;
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
