package dev.lifeline.postmaster;

import dev.lifeline.postmaster.Autovacuum.Target;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Whose turn it is. Every database has one in `autovacuum_naptime`, which the launcher spreads
/// over that time. The most urgent comes first: databases whose oldest xid is older than
/// `autovacuum_freeze_max_age`, the oldest of them before the others; then the one whose last turn
/// is longest ago.
///
/// PostgreSQL passes over all other databases while one is too old. Here they come behind it: a
/// transaction that is open for days keeps a database old, and must not keep the others from being
/// cleaned.
final class AutovacuumTurns {
  /// A database that comes a little too early need not wait until the launcher wakes up again.
  private static final long EARLY_NANOS = 100_000_000;

  private static final Comparator<Target> OLDEST_FIRST =
      Comparator.comparing((Target target) -> !target.wraparound())
          .thenComparingLong(target -> target.wraparound() ? target.frozenXid() : 0);

  /// When each database had its last turn.
  private final Map<Integer, Long> last = new HashMap<>();

  /// Those whose turn has come, the most urgent first.
  ///
  /// @param found all that there are: what is remembered of others is forgotten
  List<Target> due(List<Target> found, long nowNanos, long naptimeNanos) {
    last.keySet().retainAll(found.stream().map(Target::databaseOid).toList());
    return found.stream()
        .filter(target -> {
          Long turn = last.get(target.databaseOid());
          return turn == null || nowNanos - turn >= naptimeNanos - EARLY_NANOS;
        })
        .sorted(
            OLDEST_FIRST.thenComparingLong(
                target -> last.getOrDefault(target.databaseOid(), Long.MIN_VALUE)))
        .toList();
  }

  /// The database has had its turn.
  void had(Target target, long nowNanos) {
    last.put(target.databaseOid(), nowNanos);
  }
}
