package dev.lifeline.access.nbtree;

/// Entries in the order of the index.
interface EntrySource {
  /// Steps to the next entry.
  ///
  /// @return false at the end
  /// @throws dev.lifeline.utils.NotYet while it is read
  boolean next();

  byte[] key();

  long tid();

  /// Whether the entry can conflict with another one in a unique index.
  boolean counts();
}
