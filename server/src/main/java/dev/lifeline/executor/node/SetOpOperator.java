package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.parser.tree.SetOperation;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// INTERSECT and EXCEPT: counts how often each row comes on either side.
public final class SetOpOperator implements Operator {
  private final ExecState state;
  private final SetOperation operation;
  private final boolean all;
  private final Operator left;
  private final Operator right;
  private final GroupTable table;
  private final Batch output;
  private final int width;
  private long[] leftCounts = new long[16];
  private long[] rightCounts = new long[16];
  private boolean leftDone;
  private boolean rightDone;
  private int group;
  private long repeated;

  public SetOpOperator(
      ExecState state,
      SetOperation operation,
      boolean all,
      Operator left,
      Operator right,
      List<TypeOps> ops,
      int expectedRows) {
    this.state = state;
    this.operation = operation;
    this.all = all;
    this.left = left;
    this.right = right;
    this.table = new GroupTable(ops, expectedRows);
    List<Rep> reps = ops.stream().map(TypeOps::rep).toList();
    this.width = reps.size();
    this.output = new Batch(reps, 64);
  }

  @Override
  public @Nullable Batch next() {
    if (!leftDone) {
      countLeft();
      leftDone = true;
    }
    if (!rightDone) {
      countRight();
      rightDone = true;
    }
    int rows = 0;
    while (group < table.size() && rows < Batch.TARGET_ROWS) {
      if (repeated < times(group)) {
        for (int c = 0; c < width; c++) {
          output.column(c).copy(rows, table.key(c), group);
        }
        rows++;
        repeated++;
      } else {
        group++;
        repeated = 0;
      }
    }
    output.setSize(rows);
    return rows == 0 ? null : output;
  }

  private long times(int number) {
    long l = leftCounts[number];
    long r = number < rightCounts.length ? rightCounts[number] : 0;
    if (operation == SetOperation.INTERSECT) {
      return all ? Math.min(l, r) : r > 0 ? 1 : 0;
    }
    return all ? Math.max(0, l - r) : r == 0 ? 1 : 0;
  }

  private Column[] columns(Batch batch) {
    Column[] columns = new Column[width];
    for (int c = 0; c < width; c++) {
      columns[c] = batch.column(c);
    }
    return columns;
  }

  private void countLeft() {
    for (Batch batch = left.next(); batch != null; batch = left.next()) {
      Column[] columns = columns(batch);
      for (int row = 0; row < batch.size(); row++) {
        int number = table.findOrAdd(columns, row);
        if (number >= leftCounts.length) {
          leftCounts = Arrays.copyOf(leftCounts, number * 2);
        }
        leftCounts[number]++;
      }
      state.tick();
    }
    rightCounts = new long[Math.max(16, table.size())];
  }

  private void countRight() {
    for (Batch batch = right.next(); batch != null; batch = right.next()) {
      Column[] columns = columns(batch);
      for (int row = 0; row < batch.size(); row++) {
        int number = table.find(columns, row);
        if (number >= 0) {
          rightCounts[number]++;
        }
      }
      state.tick();
    }
  }

  @Override
  public void rescan() {
    left.rescan();
    right.rescan();
    table.clear();
    Arrays.fill(leftCounts, 0);
    leftDone = false;
    rightDone = false;
    group = 0;
    repeated = 0;
  }

  @Override
  public void close() {
    left.close();
    right.close();
  }
}
