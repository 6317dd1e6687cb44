package dev.lifeline.postmaster;

import java.util.EnumSet;
import java.util.Set;

/// The postmaster's states, as PostgreSQL's.
///
/// ```text
/// PM_INIT -> PM_STARTUP -> PM_RUN                       start
/// PM_RUN -> PM_STOP_BACKENDS -> PM_WAIT_BACKENDS        fast shutdown; smart: when the clients are gone
///        -> PM_SHUTDOWN -> PM_SHUTDOWN_2                the checkpointer lets walsenders send what is
///                                                       left, and makes the last checkpoint
///        -> PM_WAIT_DEAD_END -> PM_NO_CHILDREN          and the server ends
/// any -> PM_WAIT_BACKENDS -> PM_WAIT_DEAD_END           a crash, or an immediate shutdown
///        -> PM_NO_CHILDREN -> PM_STARTUP                and, after a crash, once more from the start
/// ```
public enum PmState {
  PM_INIT,
  PM_STARTUP,
  PM_RUN,
  PM_STOP_BACKENDS,
  PM_WAIT_BACKENDS,
  PM_SHUTDOWN,
  PM_SHUTDOWN_2,
  PM_WAIT_DEAD_END,
  PM_NO_CHILDREN;

  /// Where it can go from here.
  Set<PmState> next() {
    return switch (this) {
      case PM_INIT -> EnumSet.of(PM_STARTUP);
      case PM_STARTUP -> EnumSet.of(PM_RUN, PM_STOP_BACKENDS, PM_WAIT_BACKENDS);
      case PM_RUN -> EnumSet.of(PM_STOP_BACKENDS, PM_WAIT_BACKENDS);
      case PM_STOP_BACKENDS -> EnumSet.of(PM_WAIT_BACKENDS);
      case PM_WAIT_BACKENDS -> EnumSet.of(PM_SHUTDOWN, PM_WAIT_DEAD_END);
      case PM_SHUTDOWN -> EnumSet.of(PM_SHUTDOWN_2, PM_WAIT_BACKENDS);
      case PM_SHUTDOWN_2 -> EnumSet.of(PM_WAIT_DEAD_END, PM_WAIT_BACKENDS);
      case PM_WAIT_DEAD_END -> EnumSet.of(PM_NO_CHILDREN);
      case PM_NO_CHILDREN -> EnumSet.of(PM_STARTUP);
    };
  }
}
