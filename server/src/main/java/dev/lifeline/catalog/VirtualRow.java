package dev.lifeline.catalog;

import dev.lifeline.utils.adt.Interval;
import dev.lifeline.utils.adt.Numeric;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One row of a [VirtualTable] that is being made, by the names of its columns. What is not set is
/// null, or in a column that cannot be null 0, false or empty.
public final class VirtualRow {
  private final Map<String, Integer> positions;
  private final List<PgType> types;
  private final Batch batch;
  private final int row;

  VirtualRow(
      Map<String, Integer> positions,
      List<PgType> types,
      List<Boolean> notNull,
      Batch batch,
      int row) {
    this.positions = positions;
    this.types = types;
    this.batch = batch;
    this.row = row;
    for (int i = 0; i < types.size(); i++) {
      Column column = batch.column(i);
      if (!notNull.get(i)) {
        column.setNull(row);
      } else if (column.rep() == Rep.LONG) {
        column.setLong(row, 0);
      } else if (column.rep() == Rep.DOUBLE) {
        column.setDouble(row, 0);
      } else {
        empty(i);
      }
    }
  }

  private void empty(int i) {
    PgType type = types.get(i);
    int element = type.elementOid();
    boolean vector = type.oid() == Types.INT2VECTOR || type.oid() == Types.OIDVECTOR;
    batch
        .column(i)
        .setObject(row, type.isArray() || vector ? PgArray.empty(Types.get(element)) : Text.EMPTY);
  }

  private int position(String name) {
    Integer position = positions.get(name);
    if (position == null) {
      throw new IllegalArgumentException("no column " + name);
    }
    return position;
  }

  public VirtualRow set(String name, long value) {
    int position = position(name);
    Column column = batch.column(position);
    switch (column.rep()) {
      case LONG -> column.setLong(row, value);
      case DOUBLE -> column.setDouble(row, (double) value);
      case OBJECT ->
          column.setObject(
              row,
              types.get(position).oid() == Types.NUMERIC
                  ? Numeric.of(BigInteger.valueOf(value))
                  : Text.of(Long.toString(value)));
    }
    return this;
  }

  /// A numeric.
  public VirtualRow set(String name, @Nullable BigInteger value) {
    Column column = batch.column(position(name));
    if (value == null) {
      column.setNull(row);
    } else {
      column.setObject(row, Numeric.of(value));
    }
    return this;
  }

  public VirtualRow set(String name, Interval value) {
    batch.column(position(name)).setObject(row, value);
    return this;
  }

  public VirtualRow oid(String name, int oid) {
    return set(name, Integer.toUnsignedLong(oid));
  }

  public VirtualRow set(String name, boolean value) {
    return set(name, value ? 1 : 0);
  }

  public VirtualRow set(String name, double value) {
    Column column = batch.column(position(name));
    if (column.rep() == Rep.DOUBLE) {
      column.setDouble(row, value);
      return this;
    }
    return set(name, (long) value);
  }

  public VirtualRow set(String name, @Nullable String value) {
    Column column = batch.column(position(name));
    if (value == null) {
      column.setNull(row);
    } else if (column.rep() == Rep.OBJECT) {
      column.setObject(row, Text.of(value));
    } else {
      column.setLong(row, value.isEmpty() ? 0 : value.charAt(0));
    }
    return this;
  }

  /// A vector or array of numbers.
  public VirtualRow set(String name, List<Integer> numbers) {
    PgType type = types.get(position(name));
    PgType element = Types.get(type.elementOid());
    Column elements = new Column(Rep.LONG, numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      elements.setLong(i, numbers.get(i));
    }
    boolean vector = type.oid() == Types.INT2VECTOR || type.oid() == Types.OIDVECTOR;
    PgArray array =
        vector
            ? PgArray.of(element, new int[] {numbers.size()}, new int[] {0}, elements)
            : PgArray.of(element, elements, numbers.size());
    batch.column(position(name)).setObject(row, array);
    return this;
  }

  public VirtualRow setTexts(String name, List<String> texts) {
    PgType element = Types.get(types.get(position(name)).elementOid());
    Column elements = new Column(element.rep(), texts.size());
    for (int i = 0; i < texts.size(); i++) {
      if (element.rep() == Rep.LONG) {
        elements.setLong(i, texts.get(i).charAt(0));
      } else {
        elements.setObject(i, Text.of(texts.get(i)));
      }
    }
    batch.column(position(name)).setObject(row, PgArray.of(element, elements, texts.size()));
    return this;
  }

  /// Takes the value of a column of a stored row.
  public VirtualRow copy(String name, CatalogRow from, String column) {
    Column source = from.values().column(from.table().def().position(column));
    batch.column(position(name)).copy(row, source, 0);
    return this;
  }
}
