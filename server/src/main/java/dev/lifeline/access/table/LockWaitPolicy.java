package dev.lifeline.access.table;

/// What to do when a row is locked by somebody else.
public enum LockWaitPolicy {
  /// Wait for him.
  BLOCK,
  /// Report [ModifyResult.Status#WOULD_BLOCK]: the caller passes the row over (SKIP LOCKED) or
  /// refuses (NOWAIT, 55P03).
  RETURN
}
