package dev.lifeline.postmaster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The tables that are due, between the launcher and its workers. Each worker takes one table after
/// the other until none is left, so that no table is done by two. Seen by several event loops;
/// guarded by its own lock, which is held for a few instructions.
final class AutovacuumQueue {
  private final Deque<Autovacuum.Work> waiting = new ArrayDeque<>();
  private final Set<Integer> queued = new HashSet<>();
  private final Map<Integer, Autovacuum.Work> running = new HashMap<>();
  private int workers;

  /// Adds what is not yet waiting or under way.
  ///
  /// @return how many more workers should be forked; they count as running from now on
  synchronized int offer(List<Autovacuum.Work> due, int maxWorkers) {
    for (Autovacuum.Work work : due) {
      if (queued.add(work.relationOid())) {
        waiting.add(work);
      }
    }
    int more = Math.max(0, Math.min(waiting.size(), maxWorkers - workers));
    workers += more;
    return more;
  }

  /// The next table for this worker, or null where there is nothing left to do.
  synchronized Autovacuum.@Nullable Work take(int pid) {
    Autovacuum.Work work = waiting.poll();
    if (work != null) {
      running.put(pid, work);
    }
    return work;
  }

  /// The worker is done with its table, well or not.
  synchronized void done(int pid) {
    Autovacuum.Work work = running.remove(pid);
    if (work != null) {
      queued.remove(work.relationOid());
    }
  }

  /// The worker has ended.
  synchronized void workerEnded(int pid) {
    done(pid);
    workers = Math.max(0, workers - 1);
  }

  /// All workers are gone, and shared memory with them.
  synchronized void clear() {
    waiting.clear();
    queued.clear();
    running.clear();
    workers = 0;
  }
}
