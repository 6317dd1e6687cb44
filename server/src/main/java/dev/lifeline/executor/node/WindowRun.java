package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Column;

/// One window function call of one execution.
abstract class WindowRun {
  /// A new partition is complete.
  abstract void begin();

  /// Writes the result for a row of the partition; rows are asked for in their order.
  ///
  /// @return about how many rows had to be looked at
  abstract int compute(int row, Column out, int outRow);
}
