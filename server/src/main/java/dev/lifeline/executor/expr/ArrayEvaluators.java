package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluators of ARRAY[...], of ANY and ALL over arrays, and of subscripts.
final class ArrayEvaluators {
  private ArrayEvaluators() {}

  /// `ARRAY[...]` of elements.
  static final class Construct extends Evaluator {
    private final PgType elementType;
    private final Evaluator[] elements;

    Construct(PgType elementType, List<Evaluator> elements) {
      super(Rep.OBJECT);
      this.elementType = elementType;
      this.elements = elements.toArray(Evaluator[]::new);
    }

    @Override
    public Object evalObject(EvalFrame frame) {
      Column column = new Column(elementType.rep(), elements.length);
      for (int i = 0; i < elements.length; i++) {
        elements[i].evalInto(frame, column, i);
      }
      return PgArray.of(elementType, column, elements.length);
    }
  }

  /// `ARRAY[...]` of arrays, which become its next dimension.
  static final class ConstructOfArrays extends Evaluator {
    private final PgType elementType;
    private final Evaluator[] arrays;

    ConstructOfArrays(PgType elementType, List<Evaluator> arrays) {
      super(Rep.OBJECT);
      this.elementType = elementType;
      this.arrays = arrays.toArray(Evaluator[]::new);
    }

    @Override
    public Object evalObject(EvalFrame frame) {
      List<PgArray> parts = new ArrayList<>(arrays.length);
      boolean anyEmpty = false;
      for (Evaluator array : arrays) {
        PgArray part = (PgArray) array.evalObject(frame);
        if (part == null || part.size() == 0) {
          anyEmpty = true;
        } else {
          parts.add(part);
        }
      }
      if (parts.isEmpty()) {
        return PgArray.empty(elementType);
      }
      if (anyEmpty) {
        throw mismatch();
      }
      return PgArray.stack(elementType, parts);
    }

    static PgException mismatch() {
      return PgException.error(
          SqlState.ARRAY_ELEMENT_ERROR,
          "multidimensional arrays must have array expressions with matching dimensions");
    }
  }

  /// `scalar op ANY (array)`, `scalar op ALL (array)`. The operator finds its operands in two
  /// slots.
  static final class ScalarArrayOp extends Evaluator {
    private final Evaluator scalar;
    private final Evaluator array;
    private final Evaluator operator;
    private final int slot;
    private final boolean any;
    private final boolean strict;

    ScalarArrayOp(
        Evaluator scalar,
        Evaluator array,
        Evaluator operator,
        int slot,
        boolean any,
        boolean strict) {
      super(Rep.LONG);
      this.scalar = scalar;
      this.array = array;
      this.operator = operator;
      this.slot = slot;
      this.any = any;
      this.strict = strict;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      frame.call.reserve(slot, 2);
      boolean hasScalar = CallEvaluators.store(frame, scalar, slot);
      PgArray elements = (PgArray) array.evalObject(frame);
      if (elements == null) {
        frame.isNull = true;
        return 0;
      }
      int size = elements.size();
      frame.isNull = false;
      if (size == 0) {
        return any ? 0 : 1;
      }
      if (!hasScalar && strict) {
        frame.isNull = true;
        return 0;
      }
      Column column = elements.elements();
      boolean sawNull = false;
      for (int i = 0; i < size; i++) {
        frame.call.setFrom(slot + 1, column, i);
        long value = operator.evalLong(frame);
        if (frame.isNull) {
          sawNull = true;
        } else if ((value != 0) == any) {
          return value;
        }
      }
      frame.isNull = sawNull;
      return any ? 0 : 1;
    }
  }

  /// One end of a subscript.
  record Bounds(@Nullable Evaluator lower, @Nullable Evaluator upper) {}

  /// `array[i]`, `array[i][j]`.
  static final class Element extends Evaluator {
    private final Evaluator array;
    private final Evaluator[] subscripts;

    Element(Rep rep, Evaluator array, List<Evaluator> subscripts) {
      super(rep);
      this.array = array;
      this.subscripts = subscripts.toArray(Evaluator[]::new);
    }

    /// The index of the element, or -1 where the result is null.
    private int find(EvalFrame frame, @Nullable PgArray value) {
      int index = -1;
      if (value != null) {
        int[] at = new int[subscripts.length];
        boolean known = true;
        for (int i = 0; i < subscripts.length; i++) {
          at[i] = (int) subscripts[i].evalLong(frame);
          known &= !frame.isNull;
        }
        index = known ? value.indexOf(at) : -1;
      }
      frame.isNull = index < 0 || value == null || value.elements().isNull(index);
      return frame.isNull ? -1 : index;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      PgArray value = (PgArray) array.evalObject(frame);
      int index = find(frame, value);
      return value == null || index < 0 ? 0 : value.elements().getLong(index);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      PgArray value = (PgArray) array.evalObject(frame);
      int index = find(frame, value);
      return value == null || index < 0 ? 0 : value.elements().getDouble(index);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      PgArray value = (PgArray) array.evalObject(frame);
      int index = find(frame, value);
      return value == null || index < 0 ? null : value.elements().getObject(index);
    }
  }

  /// `name[i]`: a byte of the 64 that a name has, from 0; those behind its end are 0.
  static final class NameByte extends Evaluator {
    private static final int LENGTH = 64;

    private final Evaluator name;
    private final Evaluator subscript;

    NameByte(Evaluator name, Evaluator subscript) {
      super(Rep.LONG);
      this.name = name;
      this.subscript = subscript;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Text value = (Text) name.evalObject(frame);
      int at = value == null ? -1 : (int) subscript.evalLong(frame);
      frame.isNull = value == null || frame.isNull || at < 0 || at >= LENGTH;
      if (value == null || frame.isNull || at >= value.byteLength()) {
        return 0;
      }
      return value.bytes()[at] & 0xFF;
    }
  }

  /// `array[i:j]`, where a subscript that is no range means `1:i`.
  static final class Slice extends Evaluator {
    private final Evaluator array;
    private final List<Bounds> bounds;

    Slice(Evaluator array, List<Bounds> bounds) {
      super(Rep.OBJECT);
      this.array = array;
      this.bounds = bounds;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      PgArray value = (PgArray) array.evalObject(frame);
      if (value == null) {
        return null;
      }
      int count = bounds.size();
      int[] lower = new int[count];
      int[] upper = new int[count];
      for (int i = 0; i < count; i++) {
        boolean inArray = i < value.dimensions();
        lower[i] = inArray ? value.lowerBound(i) : 1;
        upper[i] = inArray ? value.lowerBound(i) + value.dimension(i) - 1 : 0;
        Evaluator low = bounds.get(i).lower();
        Evaluator high = bounds.get(i).upper();
        if (low != null) {
          lower[i] = (int) low.evalLong(frame);
          if (frame.isNull) {
            return null;
          }
        }
        if (high != null) {
          upper[i] = (int) high.evalLong(frame);
          if (frame.isNull) {
            return null;
          }
        }
      }
      return value.slice(lower, upper);
    }
  }
}
