package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;

/// Aggregates over `real` and `double precision`.
final class DoubleStates {
  private DoubleStates() {}

  /// The sum.
  static final class Sum extends AggregateState {
    private final boolean single;
    private double[] sums = new double[1];
    private boolean[] present = new boolean[1];

    Sum(boolean single) {
      this.single = single;
    }

    @Override
    public void ensure(int groups) {
      if (groups > sums.length) {
        int capacity = Math.max(groups, sums.length * 2);
        sums = Arrays.copyOf(sums, capacity);
        present = Arrays.copyOf(present, capacity);
      }
    }

    @Override
    public void add(int group, List<Column> args, int row) {
      Column arg = args.getFirst();
      if (arg.isNull(row)) {
        return;
      }
      double value = arg.getDouble(row);
      if (!present[group]) {
        present[group] = true;
        sums[group] = value;
        return;
      }
      double before = sums[group];
      double sum = single ? (float) (before + value) : before + value;
      if (Double.isInfinite(sum) && !Double.isInfinite(before) && !Double.isInfinite(value)) {
        throw FloatFunctions.overflow();
      }
      sums[group] = sum;
    }

    @Override
    public void finish(int group, Column out, int row) {
      if (present[group]) {
        out.setDouble(row, sums[group]);
      } else {
        out.setNull(row);
      }
    }

    @Override
    public long memoryBytes() {
      return sums.length * 9L;
    }
  }

  /// What is made of the moments.
  enum Result {
    AVERAGE,
    VAR_SAMP,
    VAR_POP,
    STDDEV_SAMP,
    STDDEV_POP
  }

  /// Average and variance: count, sum and sum of squared differences, updated by the method of
  /// Youngs and Cramer (1971), which does not lose the digits that the textbook formula loses.
  static final class Moments extends AggregateState {
    private final Result result;
    private double[] counts = new double[1];
    private double[] sums = new double[1];
    private double[] squares = new double[1];

    Moments(Result result) {
      this.result = result;
    }

    @Override
    public void ensure(int groups) {
      if (groups > counts.length) {
        int capacity = Math.max(groups, counts.length * 2);
        counts = Arrays.copyOf(counts, capacity);
        sums = Arrays.copyOf(sums, capacity);
        squares = Arrays.copyOf(squares, capacity);
      }
    }

    @Override
    public void add(int group, List<Column> args, int row) {
      Column arg = args.getFirst();
      if (arg.isNull(row)) {
        return;
      }
      double value = arg.getDouble(row);
      double before = sums[group];
      double count = counts[group] + 1;
      double sum = before + value;
      counts[group] = count;
      sums[group] = sum;
      if (count > 1) {
        double difference = value * count - sum;
        squares[group] += difference * difference / (count * (count - 1));
        if (Double.isInfinite(sum) || Double.isInfinite(squares[group])) {
          if (!Double.isInfinite(before) && !Double.isInfinite(value)) {
            throw FloatFunctions.overflow();
          }
          squares[group] = Double.NaN;
        }
      } else if (Double.isNaN(value) || Double.isInfinite(value)) {
        squares[group] = Double.NaN;
      }
    }

    @Override
    public void finish(int group, Column out, int row) {
      double count = counts[group];
      double least = result == Result.VAR_SAMP || result == Result.STDDEV_SAMP ? 2 : 1;
      if (count < least) {
        out.setNull(row);
        return;
      }
      double square = squares[group];
      out.setDouble(
          row,
          switch (result) {
            case AVERAGE -> sums[group] / count;
            case VAR_POP -> square / count;
            case VAR_SAMP -> square / (count - 1);
            case STDDEV_POP -> Math.sqrt(square / count);
            case STDDEV_SAMP -> Math.sqrt(square / (count - 1));
          });
    }

    @Override
    public long memoryBytes() {
      return counts.length * 24L;
    }
  }
}
