package dev.lifeline.postmaster;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What the launcher and its workers know of each other: which databases wait for a worker, and
/// which tables are under way, so that no table is done by two. Seen by several event loops;
/// guarded by its own lock, which is held for a few instructions.
final class AutovacuumWorkers {
  private final Deque<Autovacuum.Target> starting = new ArrayDeque<>();

  /// The workers that have begun, each with the table that it does (0: none just now).
  private final Map<Integer, Integer> running = new HashMap<>();

  /// A worker is about to be forked for a database.
  ///
  /// @return false where there are `autovacuum_max_workers` already
  synchronized boolean start(Autovacuum.Target database, int maxWorkers) {
    if (starting.size() + running.size() >= maxWorkers) {
      return false;
    }
    starting.add(database);
    return true;
  }

  /// A worker has begun; null where nothing waits for one.
  synchronized Autovacuum.@Nullable Target began(int pid) {
    Autovacuum.Target database = starting.poll();
    if (database != null) {
      running.put(pid, 0);
    }
    return database;
  }

  /// The worker takes a table, unless another one does it.
  synchronized boolean claim(int pid, int relationOid) {
    if (running.containsValue(relationOid)) {
      return false;
    }
    running.put(pid, relationOid);
    return true;
  }

  /// The worker is done with its table, well or not.
  synchronized void release(int pid) {
    running.computeIfPresent(pid, (worker, relation) -> 0);
  }

  /// How many do a table just now.
  synchronized int active() {
    return Math.max(1, (int) running.values().stream().filter(relation -> relation != 0).count());
  }

  /// The worker has ended.
  synchronized void ended(int pid) {
    running.remove(pid);
  }

  /// All workers are gone, and shared memory with them.
  synchronized void clear() {
    starting.clear();
    running.clear();
  }
}
