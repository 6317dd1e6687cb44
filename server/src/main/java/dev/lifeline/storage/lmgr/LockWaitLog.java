package dev.lifeline.storage.lmgr;

import dev.lifeline.utils.error.PgException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What `log_lock_waits` writes: a wait that outlasts `deadlock_timeout`, and how it ended. Called
/// with the lock manager's latch, but for [#acquired].
final class LockWaitLog {
  private LockWaitLog() {}

  static void waiting(LockWait wait, long nowNanos) {
    log(wait, "still waiting for", "", nowNanos, queues(wait));
  }

  /// At once, on the waiter's own loop: a moment later its statement may be done, and the log would
  /// not know of it.
  static void acquired(LockWait wait, long nowNanos) {
    Consumer<PgException> log = wait.owner.waitLog();
    if (log != null) {
      log.accept(line(wait, "acquired", "", nowNanos, null));
    }
  }

  static void rearranged(LockWait wait, long nowNanos) {
    String how = " by rearranging queue order";
    log(wait, "avoided deadlock for", how, nowNanos, queues(wait));
  }

  static void deadlock(LockWait wait, long nowNanos) {
    log(wait, "detected deadlock while waiting for", "", nowNanos, queues(wait));
  }

  private static void log(
      LockWait wait, String what, String how, long nowNanos, @Nullable String detail) {
    Consumer<PgException> log = wait.owner.waitLog();
    if (log != null) {
      PgException line = line(wait, what, how, nowNanos, detail);
      // Not under the latch: the log may look at anything.
      wait.owner.timers().execute(() -> log.accept(line));
    }
  }

  private static PgException line(
      LockWait wait, String what, String how, long nowNanos, @Nullable String detail) {
    String message =
        String.format(
            Locale.ROOT,
            "process %d %s %s on %s%s after %.3f ms",
            wait.owner.pid(),
            what,
            wait.mode.pgName(),
            wait.entry.tag.describe(),
            how,
            wait.waitedMs(nowNanos));
    PgException line = PgException.log(message);
    if (detail != null) {
      line.detail("%s", detail);
    }
    String context = wait.context;
    if (context != null) {
      line.context(context);
    }
    return line;
  }

  private static String queues(LockWait wait) {
    List<Integer> holders = wait.entry.holdings.stream().map(held -> held.owner.pid()).toList();
    List<Integer> waiters = wait.entry.queue.stream().map(next -> next.owner.pid()).toList();
    String holding =
        holders.size() == 1 ? "Process holding the lock: " : "Processes holding the lock: ";
    return holding + join(holders) + ". Wait queue: " + join(waiters) + ".";
  }

  private static String join(List<Integer> pids) {
    return pids.stream().map(pid -> Integer.toString(pid)).collect(Collectors.joining(", "));
  }
}
