package dev.lifeline.utils.activity;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/// The commands of one kind that are under way, and how far they are: what one of the
/// `pg_stat_progress_*` views shows. A process has one at a time.
///
/// @param <T> a row of the view
public final class ProgressReports<T> {
  private final ConcurrentMap<Integer, Supplier<T>> running = new ConcurrentHashMap<>();

  /// A process begins one.
  ///
  /// @param progress tells how far it is; asked from any thread, so its figures may belong to
  ///   different instants
  public void begin(int pid, Supplier<T> progress) {
    running.put(pid, progress);
  }

  public void end(int pid) {
    running.remove(pid);
  }

  public Collection<T> all() {
    return running.values().stream().map(Supplier::get).toList();
  }
}
