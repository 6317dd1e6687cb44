package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;

/// `count(*)` and `count(x)`.
final class CountState extends AggregateState {
  private final boolean ofArgument;
  private long[] counts = new long[1];

  CountState(boolean ofArgument) {
    this.ofArgument = ofArgument;
  }

  @Override
  public void ensure(int groups) {
    if (groups > counts.length) {
      counts = Arrays.copyOf(counts, Math.max(groups, counts.length * 2));
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    if (!ofArgument || !args.getFirst().isNull(row)) {
      counts[group]++;
    }
  }

  @Override
  public void addAll(int group, List<Column> args, int rows) {
    if (ofArgument) {
      super.addAll(group, args, rows);
    } else {
      counts[group] += rows;
    }
  }

  @Override
  public void finish(int group, Column out, int row) {
    out.setLong(row, counts[group]);
  }

  @Override
  public long memoryBytes() {
    return counts.length * 8L;
  }
}
