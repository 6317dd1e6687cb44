package dev.lifeline.access.table;

/// A sequential scan. It covers the blocks that the table had when the scan began; what is added
/// later is not visible to its snapshot anyway.
public interface TableScan {
  /// Hands visible tuples of one page to the sink, in the order of their line pointers. A call may
  /// hand out none: a page may have none.
  ///
  /// @param maxTuples at most so many; the rest of the page comes with the next call
  /// @return false when the table is at its end and nothing was handed out
  /// @throws dev.lifeline.utils.NotYet while the next page is read
  boolean next(TupleSink sink, int maxTuples);

  /// Begins again, with the table's length of now.
  void rescan();
}
