package dev.lifeline.catalog;

import dev.lifeline.utils.batch.Batch;

/// A table whose rows are made when they are asked for: over a registry, the settings, the
/// processes. The executor scans it from end to end.
public interface VirtualTable {
  /// Begins a scan on behalf of a session.
  Rows open(SessionCatalog session);

  /// The rows of one scan.
  interface Rows {
    /// Appends rows at the end of the batch (at row `batch.size()`, and so on) until it has
    /// [Batch#TARGET_ROWS] or there are no more. The batch has all columns of the table.
    ///
    /// @return false when there are no more
    /// @throws dev.lifeline.utils.NotYet where a row comes from storage that is not in memory
    boolean next(Batch batch);
  }
}
