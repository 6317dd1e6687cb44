package dev.lifeline.access.table;

/// What a lookup by tid has found.
public enum FetchResult {
  /// A visible row version: the sink got it.
  FOUND,
  /// No version of the row is visible to the snapshot.
  INVISIBLE,
  /// All versions are dead to everybody: the index entry that led here is of no more use, see
  /// [dev.lifeline.access.index.IndexScan#kill].
  DEAD
}
