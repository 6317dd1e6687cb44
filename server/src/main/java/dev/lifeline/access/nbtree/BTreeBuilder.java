package dev.lifeline.access.nbtree;

import org.jspecify.annotations.Nullable;

/// Builds a B-tree bottom-up from entries in any order: takes them all, sorts them, and writes full
/// pages from left to right.
@SuppressWarnings("DoNotCallSuggester")
public final class BTreeBuilder {
  BTreeBuilder() {}

  /// Takes an entry.
  ///
  /// @param live the row is not dead to everybody who comes: it counts for uniqueness
  public void add(byte[] key, long tid, boolean live) {
    throw new UnsupportedOperationException();
  }

  /// Writes the tree; in pieces, so that each NotYet goes on where the last one stopped.
  ///
  /// @return true when the tree is complete; false when there is more to do, or, in a unique index,
  ///   a [#conflict]
  public boolean finish() {
    throw new UnsupportedOperationException();
  }

  /// The key that two live rows have: the caller raises 23505 `could not create unique index`.
  public byte @Nullable [] conflict() {
    throw new UnsupportedOperationException();
  }
}
