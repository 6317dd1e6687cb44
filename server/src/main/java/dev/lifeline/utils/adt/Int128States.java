package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;

/// Sum of `bigint` and average of all integers, both numeric: the sum is kept in 128 bits.
final class Int128States extends AggregateState {
  private final boolean average;
  private long[] low = new long[1];
  private long[] high = new long[1];
  private long[] counts = new long[1];

  Int128States(boolean average) {
    this.average = average;
  }

  @Override
  public void ensure(int groups) {
    if (groups > counts.length) {
      int capacity = Math.max(groups, counts.length * 2);
      low = Arrays.copyOf(low, capacity);
      high = Arrays.copyOf(high, capacity);
      counts = Arrays.copyOf(counts, capacity);
    }
  }

  @Override
  public void add(int group, List<Column> args, int row) {
    Column arg = args.getFirst();
    if (arg.isNull(row)) {
      return;
    }
    long value = arg.getLong(row);
    long before = low[group];
    long after = before + value;
    low[group] = after;
    // The sign of the value, and the carry out of the low half.
    high[group] += (value >> 63) + (Long.compareUnsigned(after, before) < 0 ? 1 : 0);
    counts[group]++;
  }

  @Override
  public void finish(int group, Column out, int row) {
    if (counts[group] == 0) {
      out.setNull(row);
      return;
    }
    Numeric sum = sum(group);
    out.setObject(row, average ? NumericMath.divide(sum, Numeric.of(counts[group])) : sum);
  }

  private Numeric sum(int group) {
    if (high[group] == low[group] >> 63) {
      return Numeric.of(low[group]);
    }
    BigInteger lowHalf = new BigInteger(Long.toUnsignedString(low[group]));
    return Numeric.of(new BigDecimal(BigInteger.valueOf(high[group]).shiftLeft(64).add(lowHalf)));
  }

  @Override
  public long memoryBytes() {
    return counts.length * 24L;
  }
}
