package dev.lifeline.postmaster;

import io.vertx.core.Future;
import java.util.List;
import java.util.function.BooleanSupplier;

/// What the launcher and the workers of autovacuum ask of the catalogs and the statistics.
public interface Autovacuum {
  /// The tables that are due, the neediest first.
  Future<List<Work>> due();

  /// Vacuums or analyzes one, as the process of that pid. Ends early, with 57014, soon after
  /// `interrupted` says so.
  Future<Void> process(int pid, Work work, BooleanSupplier interrupted);

  /// One table that is due.
  ///
  /// @param vacuum whether dead tuples are over their threshold
  /// @param analyze whether changes are
  record Work(int databaseOid, int relationOid, String relation, boolean vacuum, boolean analyze) {}
}
