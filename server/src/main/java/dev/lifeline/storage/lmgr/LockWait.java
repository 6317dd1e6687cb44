package dev.lifeline.storage.lmgr;

import dev.lifeline.utils.Timers;
import io.vertx.core.Promise;
import org.jspecify.annotations.Nullable;

/// A place in a lock's queue.
final class LockWait {
  final LockEntry entry;
  final LockOwner owner;
  final LockMode mode;
  final boolean session;
  final long startNanos;
  final long startMicros;
  final Promise<Void> promise = Promise.promise();

  /// Granted or given up; guarded by the lock manager's latch.
  boolean over;

  /// The sequence of the event that told of the wait, 0 when none was emitted. Belongs to the
  /// owner's loop.
  long waitingEvent;

  boolean announced;

  /// For an error that ends the wait, and for what the log tells of it.
  volatile @Nullable String context;

  /// The relation that the wait is about, for what is told of it.
  volatile @Nullable String relname;

  // The owner's loop sets and cancels them.
  Timers.@Nullable Timer deadlockTimer;
  Timers.@Nullable Timer timeoutTimer;

  LockWait(
      LockEntry entry,
      LockOwner owner,
      LockMode mode,
      boolean session,
      long startNanos,
      long startMicros) {
    this.entry = entry;
    this.owner = owner;
    this.mode = mode;
    this.session = session;
    this.startNanos = startNanos;
    this.startMicros = startMicros;
  }

  void cancelTimers() {
    if (deadlockTimer != null) {
      deadlockTimer.cancel();
    }
    if (timeoutTimer != null) {
      timeoutTimer.cancel();
    }
  }

  double waitedMs(long nowNanos) {
    return (nowNanos - startNanos) / 1e6;
  }
}
