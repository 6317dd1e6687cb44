package dev.lifeline.access.index;

/// A pass over a whole index that removes the entries of dead rows.
public interface BulkDelete {
  /// Does one page.
  ///
  /// @return false when all is done
  /// @throws dev.lifeline.utils.NotYet while the page is read
  boolean step();

  /// Entries that were removed so far.
  long removed();

  /// Entries that are left on the pages done so far.
  long remaining();

  /// The index's length in blocks.
  int pages();

  /// Pages that this pass took out of the index.
  int deletedPages();

  /// Pages of the file that are not in the index, those included.
  int freePages();

  /// Those of them that nobody can come to any more.
  int reusablePages();
}
