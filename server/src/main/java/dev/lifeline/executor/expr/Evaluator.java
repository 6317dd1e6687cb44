package dev.lifeline.executor.expr;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import org.jspecify.annotations.Nullable;

/// An expression that can be executed: immutable, shared by all executions of a plan.
///
/// A row is evaluated by the method for the result's [Rep]; for longs and doubles the frame tells
/// whether the result is null ([EvalFrame#isNull]), an object is itself null. The methods for many
/// rows ([#evalAll], [#filter]) do the same for each row of the frame's first input; some kinds
/// have loops of their own for that.
public abstract class Evaluator {
  private final Rep rep;

  protected Evaluator(Rep rep) {
    this.rep = rep;
  }

  public final Rep rep() {
    return rep;
  }

  /// The value for the frame's current rows, of an expression of [Rep#LONG]. Sets or clears
  /// [EvalFrame#isNull].
  public long evalLong(EvalFrame frame) {
    throw wrongRep();
  }

  /// As [#evalLong], of [Rep#DOUBLE].
  public double evalDouble(EvalFrame frame) {
    throw wrongRep();
  }

  /// The value of an expression of [Rep#OBJECT]; null is NULL.
  public @Nullable Object evalObject(EvalFrame frame) {
    throw wrongRep();
  }

  /// Whether a boolean expression is true: neither false nor null.
  public final boolean isTrue(EvalFrame frame) {
    long value = evalLong(frame);
    return value != 0 && !frame.isNull;
  }

  /// Evaluates for the frame's current rows and writes the result.
  public final void evalInto(EvalFrame frame, Column out, int row) {
    switch (rep) {
      case LONG -> {
        long value = evalLong(frame);
        if (frame.isNull) {
          out.setNull(row);
        } else {
          out.setLong(row, value);
        }
      }
      case DOUBLE -> {
        double value = evalDouble(frame);
        if (frame.isNull) {
          out.setNull(row);
        } else {
          out.setDouble(row, value);
        }
      }
      case OBJECT -> {
        Object value = evalObject(frame);
        if (value == null) {
          out.setNull(row);
        } else {
          out.setObject(row, value);
        }
      }
    }
  }

  /// The value for the frame's current rows in a box; null is NULL.
  public final @Nullable Object evalBoxed(EvalFrame frame) {
    return switch (rep) {
      case LONG -> {
        long value = evalLong(frame);
        yield frame.isNull ? null : (Object) value;
      }
      case DOUBLE -> {
        double value = evalDouble(frame);
        yield frame.isNull ? null : (Object) value;
      }
      case OBJECT -> evalObject(frame);
    };
  }

  /// Evaluates for the rows `from` to `to` (exclusive) of the frame's first input and writes the
  /// results into the same rows of a column.
  ///
  /// When a function must wait ([dev.lifeline.utils.NotYet]), the rows before [EvalFrame#row] are
  /// done: call again with that as `from`.
  public void evalAll(EvalFrame frame, int from, int to, Column out) {
    for (int row = from; row < to; row++) {
      frame.row = row;
      frame.context.waits().restart();
      evalInto(frame, out, row);
      frame.rowDone();
    }
  }

  /// Keeps those of some rows of the frame's first input for which a boolean expression is true.
  ///
  /// When a function must wait ([dev.lifeline.utils.NotYet]), the rows have to be filled in anew
  /// and all of them looked at again; what they waited for already is remembered.
  ///
  /// @param rows the rows to look at, ascending; the kept ones are written over its beginning
  /// @param count how many rows there are
  /// @return how many were kept
  public int filter(EvalFrame frame, int[] rows, int count) {
    int kept = 0;
    frame.context.waits().restart();
    for (int i = 0; i < count; i++) {
      frame.row = rows[i];
      if (isTrue(frame)) {
        rows[kept++] = rows[i];
      }
    }
    return kept;
  }

  private IllegalStateException wrongRep() {
    return new IllegalStateException(getClass().getSimpleName() + " yields " + rep);
  }
}
