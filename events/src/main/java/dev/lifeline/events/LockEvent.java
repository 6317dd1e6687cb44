package dev.lifeline.events;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Waits for heavyweight locks. The subject is the waiter.
///
/// `mode` is spelled as in `pg_locks.mode`, `locktype` as in `pg_locks.locktype`; `target` says
/// what is locked as PostgreSQL's messages do, e.g. `relation 16384 of database 5`. `relname` is
/// the name of the relation that is locked, or that has the row whose last writer is waited for;
/// absent where there is none, or nobody knows it.
public sealed interface LockEvent extends LifecycleEvent {

  /// The lock was not to be had at once.
  ///
  /// @param blockingPids as `pg_blocking_pids()`
  record Waiting(
      String mode,
      String locktype,
      String target,
      List<Integer> blockingPids,
      @Nullable String relname)
      implements LockEvent {
    public Waiting {
      blockingPids = List.copyOf(blockingPids);
    }
  }

  record Acquired(
      String mode, String locktype, String target, double waitedMs, @Nullable String relname)
      implements LockEvent {}

  /// The waiter gave up.
  ///
  /// @param sqlstate why: lock timeout, statement timeout, cancel request, ...
  record WaitCancelled(
      String mode,
      String locktype,
      String target,
      String sqlstate,
      double waitedMs,
      @Nullable String relname)
      implements LockEvent {}

  /// One arrow of the circle: `pid` waits for `mode` on `target`, which `blockedByPid` holds.
  record DeadlockEdge(int pid, String mode, String target, int blockedByPid) {}

  record DeadlockDetected(
      String mode,
      String locktype,
      String target,
      List<DeadlockEdge> cycle,
      double waitedMs,
      @Nullable String relname)
      implements LockEvent {
    public DeadlockDetected {
      cycle = List.copyOf(cycle);
    }
  }
}
