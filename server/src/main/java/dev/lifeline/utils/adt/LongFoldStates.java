package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongBinaryOperator;

/// Aggregates whose state is one long, or none yet.
final class LongFoldStates {
  private LongFoldStates() {}

  /// Folds the values that are not null; null where there are none.
  static class Fold extends AggregateState {
    private final LongBinaryOperator fold;
    private long[] values = new long[1];
    private boolean[] present = new boolean[1];

    Fold(LongBinaryOperator fold) {
      this.fold = fold;
    }

    @Override
    public void ensure(int groups) {
      if (groups > values.length) {
        int capacity = Math.max(groups, values.length * 2);
        values = Arrays.copyOf(values, capacity);
        present = Arrays.copyOf(present, capacity);
      }
    }

    @Override
    public void add(int group, List<Column> args, int row) {
      Column arg = args.getFirst();
      if (arg.isNull(row)) {
        return;
      }
      long value = arg.getLong(row);
      if (present[group]) {
        values[group] = fold.applyAsLong(values[group], value);
      } else {
        present[group] = true;
        values[group] = value;
      }
    }

    @Override
    public void finish(int group, Column out, int row) {
      if (present[group]) {
        out.setLong(row, values[group]);
      } else {
        out.setNull(row);
      }
    }

    @Override
    public long memoryBytes() {
      return values.length * 9L;
    }
  }

  /// The sum of `smallint` and `integer`, a bigint.
  static final class SumToInt8 extends Fold {
    SumToInt8() {
      super(IntFunctions::addInt8);
    }
  }
}
