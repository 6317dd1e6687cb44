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

  /// The workers that have begun.
  private final Map<Integer, Running> running = new HashMap<>();

  /// What a worker does.
  ///
  /// @param work null where it looks for work
  /// @param sinceMicros when it began with that
  record Running(Autovacuum.Target database, Autovacuum.@Nullable Work work, long sinceMicros) {
    boolean does(Autovacuum.Work other) {
      return work != null && work.relationOid() == other.relationOid();
    }
  }

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
  synchronized Autovacuum.@Nullable Target began(int pid, long nowMicros) {
    Autovacuum.Target database = starting.poll();
    if (database != null) {
      running.put(pid, new Running(database, null, nowMicros));
    }
    return database;
  }

  /// The worker takes a table, unless another one does it.
  synchronized boolean claim(int pid, Autovacuum.Work work, long nowMicros) {
    Running worker = running.get(pid);
    if (worker == null || running.values().stream().anyMatch(other -> other.does(work))) {
      return false;
    }
    running.put(pid, new Running(worker.database, work, nowMicros));
    return true;
  }

  /// What a worker does; null where it has not begun or has ended.
  synchronized @Nullable Running of(int pid) {
    return running.get(pid);
  }

  /// The worker is done with its table, well or not.
  synchronized void release(int pid) {
    running.computeIfPresent(
        pid, (worker, done) -> new Running(done.database, null, done.sinceMicros));
  }

  /// How many do a table just now.
  synchronized int active() {
    return Math.max(
        1, (int) running.values().stream().filter(worker -> worker.work != null).count());
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
