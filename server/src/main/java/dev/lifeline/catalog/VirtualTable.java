package dev.lifeline.catalog;

import dev.lifeline.utils.batch.Batch;
import java.util.List;
import java.util.Map;

/// A table whose rows are made when they are asked for: over a registry, the settings, the
/// processes. The executor scans it from end to end.
public interface VirtualTable {
  /// Begins a scan on behalf of a session.
  Rows open(SessionCatalog session);

  /// Whether a condition on a column spares the table from making rows.
  ///
  /// @param column its position, from 0
  default boolean narrows(int column) {
    return false;
  }

  /// The position of the column by whose values, from the least to the greatest, the rows come; -1
  /// where they come in no order. Such a table can be read from its end, too.
  default int orderedBy() {
    return -1;
  }

  /// Begins a scan of which only the rows that meet all the conditions are needed. Others may come
  /// as well: whoever scans checks them.
  ///
  /// @param backward whether the rows are wanted in the opposite of the table's order; never where
  ///   it has none
  default Rows open(SessionCatalog session, List<Condition> conditions, boolean backward) {
    return open(session);
  }

  /// How a column is compared.
  enum Comparison {
    /// Equal to one of the values.
    EQUAL,
    LESS,
    LESS_EQUAL,
    GREATER,
    GREATER_EQUAL
  }

  /// A condition on a column.
  ///
  /// @param column its position, from 0
  /// @param values as a batch has them; only EQUAL may have other than one
  record Condition(int column, Comparison comparison, List<Object> values) {
    public Condition {
      values = List.copyOf(values);
    }
  }

  /// The rows of one scan.
  interface Rows {
    /// Appends rows at the end of the batch (at row `batch.size()`, and so on) until it has
    /// [Batch#TARGET_ROWS] or there are no more. The batch has all columns of the table.
    ///
    /// @return false when there are no more
    /// @throws dev.lifeline.utils.NotYet where a row comes from storage that is not in memory
    boolean next(Batch batch);

    /// What the scan has cost so far, under the names that EXPLAIN ANALYZE shows.
    default Map<String, Long> figures() {
      return Map.of();
    }

    /// Ends the scan, whether it has come to its end or not.
    default void close() {}
  }
}
