package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;

/// Rows that an operator keeps, column by column, numbered from 0 in the order of arrival.
final class RowStore {
  private final Batch rows;

  RowStore(List<Rep> reps, int expectedRows) {
    this.rows = new Batch(reps, Math.max(1, Math.min(expectedRows, Batch.TARGET_ROWS)));
  }

  /// All rows, for evaluators; only to be read.
  Batch rows() {
    return rows;
  }

  int size() {
    return rows.size();
  }

  Column column(int index) {
    return rows.column(index);
  }

  List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (int c = 0; c < rows.width(); c++) {
      columns.add(rows.column(c));
    }
    return columns;
  }

  int width() {
    return rows.width();
  }

  void clear() {
    rows.setSize(0);
  }

  /// Appends one row and returns its number.
  int add(Batch from, int row) {
    int number = rows.size();
    for (int c = 0; c < rows.width(); c++) {
      rows.column(c).copy(number, from.column(c), row);
    }
    rows.setSize(number + 1);
    return number;
  }

  void addAll(Batch from) {
    int size = from.size();
    int start = rows.size();
    for (int c = 0; c < rows.width(); c++) {
      Column source = from.column(c);
      Column target = rows.column(c);
      for (int i = 0; i < size; i++) {
        target.copy(start + i, source, i);
      }
    }
    rows.setSize(start + size);
  }

  /// Puts the last row in the place of another one.
  void moveLast(int number) {
    int last = rows.size() - 1;
    for (int c = 0; c < rows.width(); c++) {
      rows.column(c).copy(number, rows.column(c), last);
    }
    rows.setSize(last);
  }

  void removeLast() {
    rows.setSize(rows.size() - 1);
  }

  /// Fills a batch with some of the columns of the rows from a number on; how many rows there were.
  int read(int from, int[] columns, Batch target) {
    int size = Math.clamp(rows.size() - (long) from, 0, Batch.TARGET_ROWS);
    for (int c = 0; c < columns.length; c++) {
      Column source = rows.column(columns[c]);
      for (int i = 0; i < size; i++) {
        target.column(c).copy(i, source, from + i);
      }
    }
    target.setSize(size);
    return size;
  }

  /// Copies a row to a row of a batch whose columns begin at `firstColumn`.
  void copyTo(int number, Batch target, int row, int firstColumn) {
    for (int c = 0; c < rows.width(); c++) {
      target.column(firstColumn + c).copy(row, rows.column(c), number);
    }
  }
}
