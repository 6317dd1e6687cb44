package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgRecord;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Evaluators of casts by way of the text form, of array casts, and of ROW.
final class ConvertEvaluators {
  private ConvertEvaluators() {}

  /// Output of the one type, input of the other.
  static final class ViaIo extends Evaluator {
    private final Evaluator arg;
    private final PgType from;
    private final PgType to;

    ViaIo(Evaluator arg, PgType from, PgType to) {
      super(to.rep());
      this.arg = arg;
      this.from = from;
      this.to = to;
    }

    /// @return a column whose first row is the result, or null where it is null
    private @Nullable Column convert(EvalFrame frame) {
      Column value = new Column(from.rep(), 1);
      arg.evalInto(frame, value, 0);
      if (value.isNull(0)) {
        return null;
      }
      byte[] bytes;
      int length;
      if (value.rep() == Rep.OBJECT && value.getObject(0) instanceof Text text) {
        // A string is its own text form.
        bytes = text.bytes();
        length = bytes.length;
      } else {
        ByteWriter out = new ByteWriter();
        from.ops().output(value, 0, frame.context, out);
        bytes = out.array();
        length = out.size();
      }
      Column result = new Column(to.rep(), 1);
      to.ops().input(bytes, 0, length, -1, frame.context, result, 0);
      return result;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      Column result = convert(frame);
      frame.isNull = result == null;
      return result == null ? 0 : result.getLong(0);
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      Column result = convert(frame);
      frame.isNull = result == null;
      return result == null ? 0 : result.getDouble(0);
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      Column result = convert(frame);
      return result == null ? null : result.getObject(0);
    }
  }

  /// An array, element by element.
  static final class ArrayCoerce extends Evaluator {
    private final Evaluator arg;
    private final Evaluator element;
    private final int slot;
    private final PgType to;

    /// @param element converts what is in the slot
    ArrayCoerce(Evaluator arg, Evaluator element, int slot, PgType to) {
      super(Rep.OBJECT);
      this.arg = arg;
      this.element = element;
      this.slot = slot;
      this.to = to;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      PgArray array = (PgArray) arg.evalObject(frame);
      if (array == null) {
        return null;
      }
      Column from = array.elements();
      Column elements = new Column(to.rep(), array.size());
      for (int i = 0; i < array.size(); i++) {
        frame.call.reserve(slot, 1);
        frame.call.setFrom(slot, from, i);
        element.evalInto(frame, elements, i);
      }
      return array.withElements(to, elements);
    }
  }

  /// `ROW(...)`.
  static final class Row extends Evaluator {
    private final Evaluator[] fields;
    private final List<PgType> types;

    Row(List<Evaluator> fields, List<PgType> types) {
      super(Rep.OBJECT);
      this.fields = fields.toArray(Evaluator[]::new);
      this.types = types;
    }

    @Override
    public Object evalObject(EvalFrame frame) {
      List<@Nullable Object> values = new ArrayList<>(fields.length);
      for (Evaluator field : fields) {
        values.add(field.evalBoxed(frame));
      }
      return new PgRecord(types, values);
    }
  }

  /// A field of a record.
  static final class Field extends Evaluator {
    private final Evaluator record;
    private final int field;

    Field(Evaluator record, int field, Rep rep) {
      super(rep);
      this.record = record;
      this.field = field;
    }

    private @Nullable Object value(EvalFrame frame) {
      PgRecord row = (PgRecord) record.evalObject(frame);
      Object value = row == null ? null : row.value(field);
      frame.isNull = value == null;
      return value;
    }

    @Override
    public long evalLong(EvalFrame frame) {
      return value(frame) instanceof Long value ? value : 0;
    }

    @Override
    public double evalDouble(EvalFrame frame) {
      return value(frame) instanceof Double value ? value : 0;
    }

    @Override
    public @Nullable Object evalObject(EvalFrame frame) {
      return value(frame);
    }
  }
}
