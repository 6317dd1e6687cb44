package dev.lifeline.storage.lmgr;

/// A row of `pg_locks`.
///
/// @param waitStartMicros when the wait began, in microseconds since the epoch; 0 where there is
///   none
public record LockInfo(
    LockTag tag, int pid, LockMode mode, boolean granted, boolean fastPath, long waitStartMicros) {

  static LockInfo granted(LockTag tag, LockOwner owner, LockMode mode, boolean fastPath) {
    return new LockInfo(tag, owner.pid(), mode, true, fastPath, 0);
  }

  static LockInfo waiting(LockWait wait) {
    return new LockInfo(
        wait.entry.tag, wait.owner.pid(), wait.mode, false, false, wait.startMicros);
  }
}
