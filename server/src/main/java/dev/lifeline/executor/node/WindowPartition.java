package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Column;
import java.util.Arrays;
import java.util.List;

/// The rows of one partition, in the window's order, and which of them are peers: equal in it.
final class WindowPartition {
  private final RowStore rows;
  private final List<WindowAggOperator.Key> order;

  /// The group of peers that each row is in, and the row after each group's last.
  private int[] groupOf = {};

  private int[] groupEnds = {};
  private int groups;

  WindowPartition(RowStore rows, List<WindowAggOperator.Key> order) {
    this.rows = rows;
    this.order = order;
  }

  /// The rows are complete.
  void begin() {
    int size = rows.size();
    if (groupOf.length < size) {
      groupOf = new int[Math.max(size, Math.min(groupOf.length * 2, 1 << 30))];
    }
    groups = 0;
    for (int row = 0; row < size; row++) {
      if (row > 0 && !same(order, rows, row - 1, rows, row)) {
        endGroup(row);
      }
      groupOf[row] = groups;
    }
    endGroup(size);
  }

  private void endGroup(int row) {
    if (groups == groupEnds.length) {
      groupEnds = Arrays.copyOf(groupEnds, Math.max(16, groups * 2));
    }
    groupEnds[groups++] = row;
  }

  int size() {
    return rows.size();
  }

  Column column(int index) {
    return rows.column(index);
  }

  int group(int row) {
    return groupOf[row];
  }

  int groups() {
    return groups;
  }

  /// The first row of a group; the partition's end for one after the last.
  int groupStart(long group) {
    if (group >= groups) {
      return size();
    }
    return group <= 0 ? 0 : groupEnds[(int) group - 1];
  }

  int groupEnd(int group) {
    return groupEnds[group];
  }

  int peersStart(int row) {
    return groupStart(groupOf[row]);
  }

  int peersEnd(int row) {
    return groupEnds[groupOf[row]];
  }

  /// Whether two rows are equal in some columns; nulls are.
  static boolean same(
      List<WindowAggOperator.Key> keys, RowStore left, int leftRow, RowStore right, int rightRow) {
    for (WindowAggOperator.Key key : keys) {
      Column a = left.column(key.column());
      Column b = right.column(key.column());
      boolean isNull = a.isNull(leftRow);
      if (isNull != b.isNull(rightRow)
          || (!isNull && key.ops().compare(a, leftRow, b, rightRow) != 0)) {
        return false;
      }
    }
    return true;
  }
}
