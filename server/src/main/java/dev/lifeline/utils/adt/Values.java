package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Single values in boxes: a Long, a Double or an object, according to the type's [Rep]. For what
/// is done once (literals, parameters, settings), not for rows.
public final class Values {
  private Values() {}

  /// Reads the text form.
  public static Object read(PgType type, Text text, int typmod, EvalContext context) {
    Column column = new Column(type.rep(), 1);
    type.ops().input(text.bytes(), 0, text.byteLength(), typmod, context, column, 0);
    return Objects.requireNonNull(get(column, 0));
  }

  public static Object read(PgType type, String text, EvalContext context) {
    return read(type, Text.of(text), -1, context);
  }

  /// The text form.
  public static String write(PgType type, Object value, EvalContext context) {
    Column column = new Column(type.rep(), 1);
    set(column, 0, value);
    ByteWriter out = new ByteWriter();
    type.ops().output(column, 0, context, out);
    return new String(out.array(), 0, out.size(), StandardCharsets.UTF_8);
  }

  public static @Nullable Object get(Column column, int row) {
    if (column.isNull(row)) {
      return null;
    }
    return switch (column.rep()) {
      case LONG -> (Object) column.getLong(row);
      case DOUBLE -> (Object) column.getDouble(row);
      case OBJECT -> column.getObject(row);
    };
  }

  public static void set(Column column, int row, @Nullable Object value) {
    if (value == null) {
      column.setNull(row);
      return;
    }
    switch (column.rep()) {
      case LONG -> column.setLong(row, (Long) value);
      case DOUBLE -> column.setDouble(row, (Double) value);
      case OBJECT -> column.setObject(row, value);
    }
  }

  /// A column of one row with the value: how constants and defaults are handed around.
  public static Column column(PgType type, @Nullable Object value) {
    Column column = new Column(type.rep(), 1);
    set(column, 0, value);
    return column;
  }
}
