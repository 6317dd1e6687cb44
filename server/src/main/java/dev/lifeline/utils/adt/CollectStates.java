package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Aggregates that gather all their values: `array_agg`, `string_agg`.
final class CollectStates {
  private CollectStates() {}

  /// States that are objects, made when a group gets its first value.
  abstract static class PerGroup<S> extends AggregateState {
    private final List<@Nullable S> states = new ArrayList<>();
    private long bytes;

    abstract S create();

    /// Adds the arguments to a state.
    ///
    /// @return about how many bytes it has grown by
    abstract int add(S state, List<Column> args, int row);

    abstract boolean counts(List<Column> args, int row);

    abstract Object finish(S state);

    @Override
    public void ensure(int groups) {
      while (states.size() < groups) {
        states.add(null);
      }
    }

    @Override
    public void add(int group, List<Column> args, int row) {
      if (!counts(args, row)) {
        return;
      }
      ensure(group + 1);
      S state = states.get(group);
      if (state == null) {
        state = create();
        states.set(group, state);
        bytes += 64;
      }
      bytes += add(state, args, row);
    }

    @Override
    public void finish(int group, Column out, int row) {
      S state = group < states.size() ? states.get(group) : null;
      if (state == null) {
        out.setNull(row);
      } else {
        out.setObject(row, finish(state));
      }
    }

    @Override
    public long memoryBytes() {
      return bytes;
    }
  }

  /// Values that are added to an array.
  static final class Elements {
    private final Column column;
    private int size;

    Elements(PgType type) {
      column = new Column(type.rep(), 8);
    }

    void add(Column from, int row) {
      column.copy(size++, from, row);
    }
  }

  /// `array_agg` of anything but arrays: nulls are elements, too.
  static final class ArrayOf extends PerGroup<Elements> {
    private final PgType type;

    ArrayOf(PgType type) {
      this.type = type;
    }

    @Override
    Elements create() {
      return new Elements(type);
    }

    @Override
    boolean counts(List<Column> args, int row) {
      return true;
    }

    @Override
    int add(Elements state, List<Column> args, int row) {
      state.add(args.getFirst(), row);
      return 32;
    }

    @Override
    Object finish(Elements state) {
      return PgArray.of(type, state.column, state.size);
    }
  }

  /// `array_agg` of arrays: they become the elements of a new first dimension.
  static final class ArrayOfArrays extends PerGroup<List<PgArray>> {
    private final PgType elementType;

    ArrayOfArrays(PgType elementType) {
      this.elementType = elementType;
    }

    @Override
    List<PgArray> create() {
      return new ArrayList<>();
    }

    @Override
    boolean counts(List<Column> args, int row) {
      return true;
    }

    @Override
    int add(List<PgArray> state, List<Column> args, int row) {
      PgArray array = (PgArray) args.getFirst().getObject(row);
      if (array == null) {
        throw ArrayFunctions.accumulateError("cannot accumulate null arrays");
      }
      if (array.size() == 0) {
        throw ArrayFunctions.accumulateError("cannot accumulate empty arrays");
      }
      if (!state.isEmpty() && !state.getFirst().sameShape(array)) {
        throw ArrayFunctions.accumulateError(
            "cannot accumulate arrays of different dimensionality");
      }
      state.add(array);
      return 16 * array.size();
    }

    @Override
    Object finish(List<PgArray> state) {
      return PgArray.stack(elementType, state);
    }
  }

  /// `string_agg(text, text)`.
  static final class TextConcat extends PerGroup<ByteWriter> {
    @Override
    ByteWriter create() {
      return new ByteWriter();
    }

    @Override
    boolean counts(List<Column> args, int row) {
      return !args.getFirst().isNull(row);
    }

    @Override
    int add(ByteWriter state, List<Column> args, int row) {
      int before = state.size();
      // The delimiter of the first value is not used; an empty first value still was one.
      if (before > 0) {
        if (!args.get(1).isNull(row)) {
          state.bytes(((Text) Objects.requireNonNull(args.get(1).getObject(row))).bytes());
        }
      } else {
        state.int8(0);
      }
      state.bytes(((Text) Objects.requireNonNull(args.getFirst().getObject(row))).bytes());
      return state.size() - before;
    }

    @Override
    Object finish(ByteWriter state) {
      return Text.copy(state.array(), 1, state.size() - 1);
    }
  }

  /// `string_agg(bytea, bytea)`.
  static final class ByteaConcat extends PerGroup<ByteWriter> {
    @Override
    ByteWriter create() {
      return new ByteWriter();
    }

    @Override
    boolean counts(List<Column> args, int row) {
      return !args.getFirst().isNull(row);
    }

    @Override
    int add(ByteWriter state, List<Column> args, int row) {
      int before = state.size();
      if (before > 0) {
        if (!args.get(1).isNull(row)) {
          state.bytes(((Bytea) Objects.requireNonNull(args.get(1).getObject(row))).bytes());
        }
      } else {
        state.int8(0);
      }
      state.bytes(((Bytea) Objects.requireNonNull(args.getFirst().getObject(row))).bytes());
      return state.size() - before;
    }

    @Override
    Object finish(ByteWriter state) {
      byte[] bytes = Arrays.copyOfRange(state.array(), 1, state.size());
      return Bytea.wrap(bytes);
    }
  }
}
