package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.List;

/// `min` and `max` of any type with an order.
final class ExtremeState extends AggregateState {
  private final boolean max;
  private final TypeOps ops;
  private final Column best;

  ExtremeState(boolean max, TypeOps ops) {
    this.max = max;
    this.ops = ops;
    this.best = new Column(ops.rep(), 1);
    best.setNull(0);
  }

  private int groups = 1;

  @Override
  public void ensure(int count) {
    for (; groups < count; groups++) {
      best.setNull(groups);
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    Column arg = args.getFirst();
    if (arg.isNull(row)) {
      return;
    }
    if (!best.isNull(group)) {
      int c = ops.compare(arg, row, best, group);
      if (max ? c <= 0 : c >= 0) {
        return;
      }
    }
    best.copy(group, arg, row);
  }

  @Override
  public void finish(int group, Column out, int row) {
    out.copy(row, best, group);
  }

  @Override
  public long memoryBytes() {
    return groups * 64L;
  }
}
