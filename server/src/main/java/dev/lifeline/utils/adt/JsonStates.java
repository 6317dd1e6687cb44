package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;

/// `json_agg`, `json_object_agg` and their siblings that give a jsonb: nulls count, too.
final class JsonStates extends CollectStates.PerGroup<StringBuilder> {
  private final List<PgType> types;
  private final EvalContext context;
  private final boolean object;
  private final boolean binary;

  /// @param object whether each row is a key and a value
  /// @param binary whether the result is a jsonb
  JsonStates(List<Integer> types, EvalContext context, boolean object, boolean binary) {
    this.types = types.stream().map(Types::get).toList();
    this.context = context;
    this.object = object;
    this.binary = binary;
  }

  @Override
  StringBuilder create() {
    return new StringBuilder();
  }

  @Override
  boolean counts(List<Column> args, int row) {
    return true;
  }

  @Override
  int add(StringBuilder state, List<Column> args, int row) {
    int before = state.length();
    JsonBuilder builder = new JsonBuilder(context, state);
    if (object) {
      addPair(builder, state, args, row);
    } else {
      PgType type = types.getFirst();
      Column value = args.getFirst();
      boolean lines = !value.isNull(row) && (type.isArray() || type.oid() == Types.RECORD);
      state.append(before == 0 ? "[" : lines ? ", \n " : ", ");
      builder.value(type, value, row, false);
    }
    return 2 * (state.length() - before);
  }

  private void addPair(JsonBuilder builder, StringBuilder state, List<Column> args, int row) {
    state.append(state.isEmpty() ? "{ " : ", ");
    if (args.getFirst().isNull(row)) {
      throw PgException.error(SqlState.INVALID_PARAMETER_VALUE, "field name must not be null");
    }
    JsonBuilders.key(builder, types.getFirst(), args.getFirst(), row, state);
    state.append(" : ");
    builder.value(types.get(1), args.get(1), row, false);
  }

  @Override
  Object finish(StringBuilder state) {
    String json = state + (object ? " }" : "]");
    return binary ? Jsonb.parse(json) : Text.of(json);
  }
}
