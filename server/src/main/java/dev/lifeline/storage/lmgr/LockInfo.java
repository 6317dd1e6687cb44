package dev.lifeline.storage.lmgr;

/// A row of `pg_locks`.
///
/// @param waitStartMicros when the wait began, in microseconds since the epoch; 0 where there is
///   none
public record LockInfo(
    LockTag tag, int pid, LockMode mode, boolean granted, boolean fastPath, long waitStartMicros) {}
