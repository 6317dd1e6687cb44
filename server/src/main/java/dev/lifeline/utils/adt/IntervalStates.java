package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Sum and average of intervals.
final class IntervalStates extends AggregateState {
  private final boolean average;
  private @Nullable Interval[] sums = new @Nullable Interval[1];
  private long[] counts = new long[1];

  IntervalStates(boolean average) {
    this.average = average;
  }

  @Override
  public void ensure(int groups) {
    if (groups > counts.length) {
      int capacity = Math.max(groups, counts.length * 2);
      sums = Arrays.copyOf(sums, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    Column arg = args.getFirst();
    if (arg.isNull(row)) {
      return;
    }
    Interval value = (Interval) Objects.requireNonNull(arg.getObject(row));
    Interval sum = sums[group];
    sums[group] = sum == null ? value : IntervalMath.add(sum, value);
    counts[group]++;
  }

  @Override
  public void finish(int group, Column out, int row) {
    Interval sum = sums[group];
    if (sum == null) {
      out.setNull(row);
    } else {
      out.setObject(row, average ? IntervalMath.divide(sum, (double) counts[group]) : sum);
    }
  }

  @Override
  public long memoryBytes() {
    return counts.length * 48L;
  }
}
