package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Arrays made of Java's collections.
public final class PgArrays {
  private PgArrays() {}

  /// A `text[]`; a null is a null.
  public static PgArray ofTexts(List<? extends @Nullable String> values) {
    Column column = new Column(Rep.OBJECT, values.size());
    int i = 0;
    for (String value : values) {
      if (value == null) {
        column.setNull(i++);
      } else {
        column.setObject(i++, Text.of(value));
      }
    }
    return PgArray.of(Types.get(Types.TEXT), column, values.size());
  }

  /// A `name[]`.
  public static PgArray ofNames(List<String> values) {
    Column column = new Column(Rep.OBJECT, values.size());
    for (int i = 0; i < values.size(); i++) {
      column.setObject(i, TextOps.name(Text.of(values.get(i))));
    }
    return PgArray.of(Types.get(Types.NAME), column, values.size());
  }

  /// An array of a type whose values are held as longs.
  public static PgArray ofLongs(int elementType, long[] values) {
    Column column = new Column(Rep.LONG, values.length);
    for (int i = 0; i < values.length; i++) {
      column.setLong(i, values[i]);
    }
    return PgArray.of(Types.get(elementType), column, values.length);
  }

  /// An `int2vector` or `oidvector`: subscripts from 0.
  public static PgArray vector(int elementType, long[] values) {
    Column column = new Column(Rep.LONG, values.length);
    for (int i = 0; i < values.length; i++) {
      column.setLong(i, values[i]);
    }
    return PgArray.of(Types.get(elementType), new int[] {values.length}, new int[] {0}, column);
  }
}
