package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Remembers for which values of the executor's parameters rows were computed, so that who keeps
/// them knows when they are out of date.
public final class ParameterWatch {
  private final ExecState state;
  private final List<Integer> parameters;
  private final @Nullable Object[] values;

  /// @param parameters those that the rows depend on
  public ParameterWatch(ExecState state, List<Integer> parameters) {
    this.state = state;
    this.parameters = List.copyOf(parameters);
    this.values = new @Nullable Object[parameters.size()];
  }

  /// Rows are computed for the values as they are now.
  void remember() {
    for (int i = 0; i < values.length; i++) {
      values[i] = value(i);
    }
  }

  /// Whether the values are others than those that were remembered.
  boolean changed() {
    @Nullable Object[] now = new @Nullable Object[parameters.size()];
    Arrays.setAll(now, this::value);
    return !Arrays.equals(now, values);
  }

  private @Nullable Object value(int index) {
    Column column = state.exec().column(parameters.get(index));
    if (column.isNull(0)) {
      return null;
    }
    return switch (column.rep()) {
      case LONG -> column.getLong(0);
      case DOUBLE -> column.getDouble(0);
      case OBJECT -> column.getObject(0);
    };
  }
}
