package dev.lifeline.postmaster;

import dev.lifeline.utils.error.PgException;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the launcher and the workers of autovacuum ask of the catalogs and the statistics.
public interface Autovacuum {
  /// The databases that something was counted in, or whose oldest xid is older than
  /// `autovacuum_freeze_max_age`.
  Future<List<Target>> databases();

  /// The tables of a database that are over a threshold, in the order of `pg_class`.
  Future<List<Work>> due(int databaseOid);

  /// Looks again at a table that was found due some time ago: another worker, or somebody by hand,
  /// may have done it meanwhile. Completes with null where there is nothing left to do.
  Future<@Nullable Work> again(Work work);

  /// Vacuums or analyzes one.
  ///
  /// @param worker who does it
  Task begin(Worker worker, Work work);

  /// A database.
  ///
  /// @param frozenXid its `datfrozenxid`
  /// @param wraparound whether that is older than `autovacuum_freeze_max_age`
  record Target(int databaseOid, String name, long frozenXid, boolean wraparound) {}

  /// One table that is due.
  ///
  /// @param relation its name with its schema, without quotes
  /// @param vacuum whether dead or inserted tuples are over their threshold
  /// @param analyze whether changes are
  /// @param wraparound whether its oldest xid is older than `autovacuum_freeze_max_age`: then it is
  ///   vacuumed whatever stands in the way
  record Work(
      int databaseOid,
      int relationOid,
      String relation,
      boolean vacuum,
      boolean analyze,
      boolean wraparound) {
    /// As `pg_stat_activity` shows it.
    public String activity() {
      String command = !vacuum ? "ANALYZE " : analyze ? "VACUUM ANALYZE " : "VACUUM ";
      String why = wraparound ? " (to prevent wraparound)" : "";
      return "autovacuum: " + command + relation + why;
    }
  }

  /// A worker process.
  ///
  /// @param forkSequence the event that tells of its fork: the cause of what it does
  /// @param workers how many there are, which share the cost limit
  record Worker(int pid, long forkSequence, int workers) {}

  /// A table under way.
  interface Task {
    /// Fails soon after [#cancel], and with 57014 where somebody wants a lock that it holds.
    Future<Void> done();

    /// Ends it early, with this error.
    void cancel(PgException reason);
  }
}
