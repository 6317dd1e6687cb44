package dev.lifeline.utils.adt;

import dev.lifeline.utils.batch.Column;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A row as a value.
///
/// @param values boxed, one for each type
public record PgRecord(List<PgType> types, List<@Nullable Object> values)
    implements Comparable<PgRecord> {
  public PgRecord {
    types = List.copyOf(types);
    values = Collections.unmodifiableList(new ArrayList<>(values));
  }

  /// The value of a field, by its number from 0.
  public @Nullable Object value(int field) {
    return values.get(field);
  }

  /// Field by field; a null is greater than everything else.
  @Override
  public int compareTo(PgRecord other) {
    int common = Math.min(values.size(), other.values.size());
    for (int i = 0; i < common; i++) {
      Object a = values.get(i);
      Object b = other.values.get(i);
      if (a == null || b == null) {
        if (a == null && b == null) {
          continue;
        }
        return a == null ? 1 : -1;
      }
      PgType type = types.get(i);
      Column both = new Column(type.rep(), 2);
      Values.set(both, 0, a);
      Values.set(both, 1, b);
      int c = type.ops().compare(both, 0, both, 1);
      if (c != 0) {
        return c;
      }
    }
    return Integer.compare(values.size(), other.values.size());
  }

  @Override
  public int hashCode() {
    return Objects.hash(values);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PgRecord record && compareTo(record) == 0;
  }
}
