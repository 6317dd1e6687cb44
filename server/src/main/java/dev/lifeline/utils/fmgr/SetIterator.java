package dev.lifeline.utils.fmgr;

import dev.lifeline.utils.batch.Column;
import java.util.List;

/// The rows of one call of a set-returning function.
public interface SetIterator {
  /// A set without rows.
  SetIterator NONE = (out, row) -> false;

  /// Writes the next row, one column for each column of the function's result.
  ///
  /// @return false when there are no more rows; nothing was written then
  boolean next(List<Column> out, int row);
}
