package dev.lifeline.utils.activity;

import java.util.Collection;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/// A row of `pg_stat_progress_vacuum`.
///
/// @param phase as the view has it
public record VacuumProgress(
    int pid,
    int databaseOid,
    int relationOid,
    String phase,
    long heapBlksTotal,
    long heapBlksScanned,
    long heapBlksVacuumed,
    long indexVacuumCount,
    long maxDeadTuples,
    long numDeadTuples) {

  /// The vacuums that are under way.
  public static final class Reports {
    private final ConcurrentMap<Integer, Supplier<VacuumProgress>> running =
        new ConcurrentHashMap<>();

    /// A process begins one.
    ///
    /// @param progress tells how far it is; asked from any thread, so its figures may belong to
    ///   different instants
    public void begin(int pid, Supplier<VacuumProgress> progress) {
      running.put(pid, progress);
    }

    public void end(int pid) {
      running.remove(pid);
    }

    public Collection<VacuumProgress> all() {
      return running.values().stream().map(Supplier::get).toList();
    }
  }
}
