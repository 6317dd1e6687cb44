package dev.lifeline.access.common;

import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Column;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Index keys as byte strings that compare (unsigned, shorter first) as the columns do, in the
/// order, ascending or descending, nulls first or last, that each index column has.
///
/// Formally, for rows a and b: sign(memcmp(key(a), key(b))) = the sign of the first column that
/// differs. Each column is a marker byte (null, or not) and the type's own order-preserving bytes,
/// inverted where the column is descending. No column's bytes are the beginning of another value's,
/// so the next column is only looked at where this one is equal; and a key over the first columns
/// only is a prefix of all keys that agree in them.
public final class KeyEncoder {
  private static final int NULL_FIRST = 0x01;
  private static final int NOT_NULL = 0x02;
  private static final int NULL_LAST = 0x03;

  /// One column of an index.
  ///
  /// @param nullsFirst where the nulls are in the index's order
  public record KeyColumn(PgType type, boolean descending, boolean nullsFirst) {
    /// The default order.
    public static KeyColumn ascending(PgType type) {
      return new KeyColumn(type, false, false);
    }
  }

  private final TypeOps[] ops;
  private final boolean[] descending;
  private final boolean[] nullsFirst;

  public KeyEncoder(List<KeyColumn> columns) {
    int count = columns.size();
    ops = new TypeOps[count];
    descending = new boolean[count];
    nullsFirst = new boolean[count];
    for (int i = 0; i < count; i++) {
      KeyColumn column = columns.get(i);
      ops[i] = column.type().ops();
      descending[i] = column.descending();
      nullsFirst[i] = column.nullsFirst();
    }
  }

  public int columns() {
    return ops.length;
  }

  /// Writes the key of a row: one column for each column of the index, in its order.
  public void encode(List<Column> columns, int row, ByteWriter out) {
    for (int i = 0; i < ops.length; i++) {
      encodeColumn(i, columns.get(i), row, out);
    }
  }

  /// As [#encode(List, int, ByteWriter)], into an array of its own.
  public byte[] encode(List<Column> columns, int row) {
    ByteWriter out = new ByteWriter(32);
    encode(columns, row, out);
    return out.toBytes();
  }

  /// Writes one more column of a key: bounds of scans are made column by column.
  public void encodeColumn(int index, Column column, int row, ByteWriter out) {
    if (column.isNull(row)) {
      out.int8(nullsFirst[index] ? NULL_FIRST : NULL_LAST);
      return;
    }
    out.int8(NOT_NULL);
    int from = out.size();
    ops[index].encodeKey(column, row, out);
    if (descending[index]) {
      byte[] bytes = out.array();
      for (int i = from; i < out.size(); i++) {
        bytes[i] = (byte) ~bytes[i];
      }
    }
  }

  /// Reads a column of a key, or passes over it: see [TypeOps#keyForm].
  ///
  /// @param out where the value goes; null to pass over it
  /// @return where the next column begins
  public int decodeColumn(int index, byte[] key, int from, @Nullable Column out, int row) {
    if (key[from] == NOT_NULL) {
      return ops[index].decodeKey(key, from + 1, descending[index], out, row);
    }
    if (out != null) {
      out.setNull(row);
    }
    return from + 1;
  }

  /// Writes the bytes with which the keys of all rows begin whose column is not null.
  public void encodeNotNull(ByteWriter out) {
    out.int8(NOT_NULL);
  }

  /// Writes the bytes with which the keys of all rows begin whose column is null.
  public void encodeNull(int index, ByteWriter out) {
    out.int8(nullsFirst[index] ? NULL_FIRST : NULL_LAST);
  }

  /// Turns the bound of a range into the smallest byte string that is greater than every key that
  /// begins with it.
  ///
  /// @return false where there is none, that is, the range has no end
  public static boolean successor(ByteWriter key) {
    byte[] bytes = key.array();
    int size = key.size();
    while (size > 0 && bytes[size - 1] == (byte) 0xFF) {
      size--;
    }
    key.truncate(size);
    if (size == 0) {
      return false;
    }
    bytes[size - 1]++;
    return true;
  }

  /// Whether any column of the row is null: such rows never conflict in a unique index.
  public static boolean hasNull(List<Column> columns, int row) {
    for (Column column : columns) {
      if (column.isNull(row)) {
        return true;
      }
    }
    return false;
  }
}
