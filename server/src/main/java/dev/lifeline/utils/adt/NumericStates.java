package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Sum, average and variance of `numeric`, and variance of the integers: exact sums of the values
/// and of their squares.
final class NumericStates extends AggregateState {
  /// What is made of the sums.
  enum Result {
    SUM,
    AVERAGE,
    VAR_SAMP,
    VAR_POP,
    STDDEV_SAMP,
    STDDEV_POP
  }

  private final Result result;
  private final boolean squared;
  private @Nullable BigDecimal[] sums = new @Nullable BigDecimal[1];
  private @Nullable BigDecimal[] squares = new @Nullable BigDecimal[1];
  private long[] counts = new long[1];

  /// The values that are no numbers, added up: NaN or an infinity.
  private @Nullable Numeric[] specials = new @Nullable Numeric[1];

  NumericStates(Result result) {
    this.result = result;
    this.squared = result != Result.SUM && result != Result.AVERAGE;
  }

  @Override
  public void ensure(int groups) {
    if (groups > counts.length) {
      int capacity = Math.max(groups, counts.length * 2);
      sums = Arrays.copyOf(sums, capacity);
      squares = Arrays.copyOf(squares, capacity);
      counts = Arrays.copyOf(counts, capacity);
      specials = Arrays.copyOf(specials, capacity);
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    Column arg = args.getFirst();
    if (arg.isNull(row)) {
      return;
    }
    counts[group]++;
    BigDecimal value;
    if (arg.rep() == Rep.LONG) {
      value = BigDecimal.valueOf(arg.getLong(row));
    } else {
      Numeric numeric = (Numeric) Objects.requireNonNull(arg.getObject(row));
      if (!numeric.isNumber()) {
        Numeric before = specials[group];
        specials[group] = before == null ? numeric : NumericMath.add(before, numeric);
        return;
      }
      value = numeric.number();
    }
    sums[group] = plus(sums[group], value);
    if (squared) {
      squares[group] = plus(squares[group], value.multiply(value));
    }
  }

  private static BigDecimal plus(@Nullable BigDecimal sum, BigDecimal value) {
    return sum == null ? value : sum.add(value);
  }

  @Override
  public void finish(int group, Column out, int row) {
    long count = counts[group];
    boolean sample = result == Result.VAR_SAMP || result == Result.STDDEV_SAMP;
    if (count < (sample ? 2 : 1)) {
      out.setNull(row);
      return;
    }
    Numeric special = specials[group];
    if (special != null) {
      out.setObject(row, squared ? Numeric.NAN : special);
      return;
    }
    BigDecimal sum = plus(sums[group], BigDecimal.ZERO);
    out.setObject(
        row,
        switch (result) {
          case SUM -> Numeric.of(sum);
          case AVERAGE -> NumericMath.divide(Numeric.of(sum), Numeric.of(count));
          case VAR_SAMP, VAR_POP, STDDEV_SAMP, STDDEV_POP ->
              variance(sum, plus(squares[group], BigDecimal.ZERO), count, sample);
        });
  }

  /// (N * sum of squares - square of sum) / (N * N), or / (N * (N - 1)) of a sample.
  private Numeric variance(BigDecimal sum, BigDecimal squareSum, long count, boolean sample) {
    BigDecimal n = BigDecimal.valueOf(count);
    BigDecimal numerator = squareSum.multiply(n).subtract(sum.multiply(sum));
    if (numerator.signum() <= 0) {
      return Numeric.ZERO;
    }
    BigDecimal denominator = n.multiply(sample ? n.subtract(BigDecimal.ONE) : n);
    int scale = NumericMath.divisionScale(numerator, denominator);
    BigDecimal variance = numerator.divide(denominator, scale, RoundingMode.HALF_UP);
    boolean deviation = result == Result.STDDEV_SAMP || result == Result.STDDEV_POP;
    return Numeric.of(deviation ? NumericMath.root(variance, scale) : variance);
  }

  @Override
  public long memoryBytes() {
    return counts.length * 120L;
  }
}
