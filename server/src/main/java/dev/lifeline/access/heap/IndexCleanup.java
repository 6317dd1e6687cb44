package dev.lifeline.access.heap;

/// Whether a vacuum goes over the indexes for the dead rows that it has found.
public enum IndexCleanup {
  /// Where it is worth it: a few dead line pointers on a few pages are left to the next vacuum.
  AUTO,
  /// Whenever there is a dead row.
  ON,
  /// Never: dead line pointers stay where they are.
  OFF
}
