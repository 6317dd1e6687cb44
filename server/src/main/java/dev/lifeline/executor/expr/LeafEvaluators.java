package dev.lifeline.executor.expr;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import org.jspecify.annotations.Nullable;

/// Evaluators of what has no operands: constants, columns, parameters.
final class LeafEvaluators {
  private LeafEvaluators() {}

  static Evaluator constant(Rep rep, @Nullable Object value) {
    return switch (rep) {
      case LONG -> new LongConst(value == null, value == null ? 0 : (Long) value);
      case DOUBLE -> new DoubleConst(value == null, value == null ? 0 : (Double) value);
      case OBJECT -> new ObjectConst(value);
    };
  }

  /// A number held as a long.
  static final class LongConst extends Evaluator {
    final boolean isNull;
    final long value;

    LongConst(boolean isNull, long value) {
      super(Rep.LONG);
      this.isNull = isNull;
      this.value = value;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      frame.isNull = isNull;
      return value;
    }
  }

  /// A floating-point number.
  static final class DoubleConst extends Evaluator {
    final boolean isNull;
    final double value;

    DoubleConst(boolean isNull, double value) {
      super(Rep.DOUBLE);
      this.isNull = isNull;
      this.value = value;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      frame.isNull = isNull;
      return value;
    }
  }

  /// Any other constant.
  static final class ObjectConst extends Evaluator {
    final @Nullable Object value;

    ObjectConst(@Nullable Object value) {
      super(Rep.OBJECT);
      this.value = value;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return value;
    }
  }

  /// A column of the only or outer input.
  static final class InputColumn extends Evaluator {
    final int column;

    InputColumn(Rep rep, int column) {
      super(rep);
      this.column = column;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return readLong(frame, frame.input.column(column), frame.row);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return readDouble(frame, frame.input.column(column), frame.row);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return frame.input.column(column).getObject(frame.row);
    }

    @Override
    public void evalAll(EvalFrame frame, int from, int to, Column out) {
      Column in = frame.input.column(column);
      for (int row = from; row < to; row++) {
        out.copy(row, in, row);
      }
    }
  }

  /// A column of the inner input of a join.
  static final class InnerColumn extends Evaluator {
    private final int column;

    InnerColumn(Rep rep, int column) {
      super(rep);
      this.column = column;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return readLong(frame, frame.inner.column(column), frame.innerRow);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return readDouble(frame, frame.inner.column(column), frame.innerRow);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return frame.inner.column(column).getObject(frame.innerRow);
    }
  }

  /// A parameter of either kind.
  static final class ParamValue extends Evaluator {
    private final boolean exec;
    private final int index;

    ParamValue(Rep rep, Param.Kind kind, int index) {
      super(rep);
      this.exec = kind == Param.Kind.EXEC;
      this.index = index;
    }

    private Column column(EvalFrame frame) {
      Batch params = exec ? frame.exec : frame.params;
      return params.column(index);
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return readLong(frame, column(frame), 0);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return readDouble(frame, column(frame), 0);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return column(frame).getObject(0);
    }
  }

  /// What a [CaseTestExpr] stands for, in a slot of the frame's calls.
  static final class SlotValue extends Evaluator {
    private final int slot;

    SlotValue(Rep rep, int slot) {
      super(rep);
      this.slot = slot;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      frame.isNull = frame.call.slotIsNull(slot);
      return frame.isNull ? 0 : frame.call.resultLong(slot);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      frame.isNull = frame.call.slotIsNull(slot);
      return frame.isNull ? 0 : frame.call.resultDouble(slot);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return frame.call.slotObject(slot);
    }
  }

  private static long readLong(EvalFrame frame, Column column, int row) {
    boolean isNull = column.isNull(row);
    frame.isNull = isNull;
    return isNull ? 0 : column.getLong(row);
  }

  private static double readDouble(EvalFrame frame, Column column, int row) {
    boolean isNull = column.isNull(row);
    frame.isNull = isNull;
    return isNull ? 0 : column.getDouble(row);
  }
}
