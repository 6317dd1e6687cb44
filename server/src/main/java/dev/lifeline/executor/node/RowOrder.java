package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Column;
import java.util.List;

/// An order of rows: by one column, then another.
public final class RowOrder {
  /// How the values of one type compare; never asked about nulls.
  public interface Comparison {
    int compare(Column left, int leftRow, Column right, int rightRow);
  }

  /// One column of the order.
  ///
  /// @param column its number in the rows that are compared
  public record Key(int column, boolean descending, boolean nullsFirst, Comparison comparison) {}

  private final Key[] keys;

  public RowOrder(List<Key> keys) {
    this.keys = keys.toArray(new Key[0]);
  }

  int compare(RowStore left, int leftRow, RowStore right, int rightRow) {
    for (Key key : keys) {
      int result =
          compare(key, left.column(key.column), leftRow, right.column(key.column), rightRow);
      if (result != 0) {
        return result;
      }
    }
    return 0;
  }

  /// Compares two rows of any columns by one key; used where the columns differ on the two sides.
  static int compare(Key key, Column left, int leftRow, Column right, int rightRow) {
    boolean leftNull = left.isNull(leftRow);
    boolean rightNull = right.isNull(rightRow);
    if (leftNull || rightNull) {
      if (leftNull && rightNull) {
        return 0;
      }
      return leftNull == key.nullsFirst ? -1 : 1;
    }
    int result = key.comparison.compare(left, leftRow, right, rightRow);
    return key.descending ? Integer.compare(0, result) : result;
  }
}
