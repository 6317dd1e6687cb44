package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;

/// Moves rows within batches.
final class Batches {
  private Batches() {}

  /// Keeps only some rows of a batch.
  ///
  /// @param rows the rows to keep, ascending
  static void keep(Batch batch, int[] rows, int count) {
    if (count < batch.size()) {
      for (int c = 0; c < batch.width(); c++) {
        if (!isRepeated(batch, c)) {
          keep(batch.column(c), rows, count);
        }
      }
    }
    batch.setSize(count);
  }

  private static void keep(Column column, int[] rows, int count) {
    for (int i = 0; i < count; i++) {
      if (rows[i] != i) {
        column.copy(i, column, rows[i]);
      }
    }
  }

  /// Keeps the rows from `from` on, `count` of them.
  static void slice(Batch batch, int from, int count) {
    if (from > 0) {
      for (int c = 0; c < batch.width(); c++) {
        if (!isRepeated(batch, c)) {
          Column column = batch.column(c);
          for (int i = 0; i < count; i++) {
            column.copy(i, column, from + i);
          }
        }
      }
    }
    batch.setSize(count);
  }

  /// A projection may show the same column twice; it is moved once.
  private static boolean isRepeated(Batch batch, int index) {
    Column column = batch.column(index);
    for (int c = 0; c < index; c++) {
      if (batch.column(c) == column) {
        return true;
      }
    }
    return false;
  }
}
