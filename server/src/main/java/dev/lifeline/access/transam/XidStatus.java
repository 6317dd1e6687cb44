package dev.lifeline.access.transam;

/// What became of a transaction. One that is in progress here and is not running has been ended by
/// a crash: it counts as aborted.
public enum XidStatus {
  IN_PROGRESS,
  COMMITTED,
  ABORTED
}
