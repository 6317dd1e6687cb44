package dev.lifeline.catalog;

import dev.lifeline.utils.adt.Bytea;
import dev.lifeline.utils.adt.PgArray;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One row of a system catalog, by the names of its columns: what the commands read and write.
///
/// A new one has null in every column that may be null, and 0, false or the empty string in the
/// others.
public final class CatalogRow {
  private final CatalogTable table;
  private final Batch values;
  private long tid;

  private CatalogRow(CatalogTable table, Batch values) {
    this.table = table;
    this.values = values;
  }

  static CatalogRow blank(CatalogTable table) {
    List<Relation.Column> columns = table.relation().columns();
    Batch values = new Batch(table.reps(), 1);
    for (int i = 0; i < columns.size(); i++) {
      Column column = values.column(i);
      if (!columns.get(i).notNull()) {
        column.setNull(0);
      } else if (column.rep() == Rep.LONG) {
        column.setLong(0, 0);
      } else if (column.rep() == Rep.DOUBLE) {
        column.setDouble(0, 0);
      } else {
        column.setObject(0, Text.EMPTY);
      }
    }
    values.setSize(1);
    return new CatalogRow(table, values);
  }

  /// A row that was read.
  static CatalogRow stored(CatalogTable table, Batch values, long tid) {
    CatalogRow row = new CatalogRow(table, values);
    row.tid = tid;
    return row;
  }

  /// A copy to be changed and stored in its place.
  public CatalogRow copy() {
    Batch copied = new Batch(table.reps(), 1);
    for (int i = 0; i < copied.width(); i++) {
      copied.column(i).copy(0, values.column(i), 0);
    }
    copied.setSize(1);
    return stored(table, copied, tid);
  }

  CatalogTable table() {
    return table;
  }

  Batch values() {
    return values;
  }

  /// Where it is stored.
  public long tid() {
    return tid;
  }

  private Column column(String name) {
    return values.column(table.def().position(name));
  }

  public boolean isNull(String name) {
    return column(name).isNull(0);
  }

  public int oid(String name) {
    return (int) column(name).getLong(0);
  }

  public int integer(String name) {
    return (int) column(name).getLong(0);
  }

  public long bigint(String name) {
    return column(name).getLong(0);
  }

  public boolean bool(String name) {
    return column(name).getLong(0) != 0;
  }

  public char letter(String name) {
    return (char) column(name).getLong(0);
  }

  public double real(String name) {
    return column(name).getDouble(0);
  }

  /// The text of a column that has one; the empty string for null.
  public String text(String name) {
    Object value = column(name).getObject(0);
    return value == null ? "" : value.toString();
  }

  public @Nullable String textOrNull(String name) {
    return isNull(name) ? null : text(name);
  }

  /// The elements of an array or vector of numbers; none for null.
  public List<Integer> integers(String name) {
    Object value = column(name).getObject(0);
    List<Integer> list = new ArrayList<>();
    if (value instanceof PgArray array) {
      for (int i = 0; i < array.size(); i++) {
        list.add((int) array.elements().getLong(i));
      }
    }
    return list;
  }

  /// The elements of an array of texts; none for null.
  public List<String> texts(String name) {
    Object value = column(name).getObject(0);
    List<String> list = new ArrayList<>();
    if (value instanceof PgArray array) {
      for (int i = 0; i < array.size(); i++) {
        list.add(String.valueOf(array.elements().getObject(i)));
      }
    }
    return list;
  }

  /// The elements of an array of floating-point numbers; none for null.
  public List<Double> reals(String name) {
    Object value = column(name).getObject(0);
    List<Double> list = new ArrayList<>();
    if (value instanceof PgArray array) {
      for (int i = 0; i < array.size(); i++) {
        list.add(array.elements().getDouble(i));
      }
    }
    return list;
  }

  public CatalogRow setReals(String name, List<Double> numbers) {
    PgType element = elementType(name);
    Column elements = new Column(element.rep(), numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      elements.setDouble(i, numbers.get(i).floatValue());
    }
    column(name).setObject(0, PgArray.of(element, elements, numbers.size()));
    return this;
  }

  public CatalogRow set(String name, long value) {
    column(name).setLong(0, value);
    return this;
  }

  /// An oid, which counts without a sign.
  public CatalogRow oid(String name, int oid) {
    return set(name, Integer.toUnsignedLong(oid));
  }

  public CatalogRow set(String name, boolean value) {
    return set(name, value ? 1 : 0);
  }

  public CatalogRow set(String name, double value) {
    column(name).setDouble(0, value);
    return this;
  }

  public CatalogRow set(String name, @Nullable String value) {
    if (value == null) {
      column(name).setNull(0);
    } else {
      column(name).setObject(0, Text.of(value));
    }
    return this;
  }

  public CatalogRow setNull(String name) {
    column(name).setNull(0);
    return this;
  }

  /// A vector or array of numbers, as the column's type says.
  public CatalogRow set(String name, List<Integer> numbers) {
    PgType element = elementType(name);
    Column elements = new Column(element.rep(), numbers.size());
    for (int i = 0; i < numbers.size(); i++) {
      elements.setLong(
          i, element.oid() == Types.OID ? Integer.toUnsignedLong(numbers.get(i)) : numbers.get(i));
    }
    PgType type = Types.get(table.relation().columns().get(table.def().position(name)).typeOid());
    boolean vector = type.oid() == Types.INT2VECTOR || type.oid() == Types.OIDVECTOR;
    column(name)
        .setObject(
            0,
            vector
                ? PgArray.of(element, new int[] {numbers.size()}, new int[] {0}, elements)
                : PgArray.of(element, elements, numbers.size()));
    return this;
  }

  public CatalogRow setBytes(String name, byte[] bytes) {
    column(name).setObject(0, Bytea.wrap(bytes));
    return this;
  }

  public CatalogRow setTexts(String name, List<String> texts) {
    PgType element = elementType(name);
    Column elements = new Column(element.rep(), texts.size());
    for (int i = 0; i < texts.size(); i++) {
      elements.setObject(i, Text.of(texts.get(i)));
    }
    column(name).setObject(0, PgArray.of(element, elements, texts.size()));
    return this;
  }

  private PgType elementType(String name) {
    Relation.Column column = table.relation().columns().get(table.def().position(name));
    return Types.get(Types.get(column.typeOid()).elementOid());
  }
}
