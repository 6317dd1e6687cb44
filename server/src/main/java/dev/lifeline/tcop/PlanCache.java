package dev.lifeline.tcop;

import dev.lifeline.executor.QueryPlan;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The plans of all sessions. A plan is good as long as the catalogs look as they did when it was
/// made, for sessions that see them alike: with the same role, the same search path and the same
/// settings of the planner, in the same database.
///
/// It holds a bounded number of plans; when it is full it begins anew, which costs each statement
/// in use one planning.
final class PlanCache {
  private static final int ENTRIES_MAX = 4096;

  /// What decides about a plan beside the catalogs' state.
  ///
  /// @param settings the session's view: its role, its search path, what it set
  record Key(
      String text, List<Integer> declaredTypes, int databaseOid, int userOid, String settings) {}

  private record Entry(QueryPlan plan, long generation) {}

  private final Map<Key, Entry> entries = new ConcurrentHashMap<>();

  /// The plan of a statement, or null where none is known that was made at this generation.
  @Nullable QueryPlan find(Key key, long generation) {
    Entry entry = entries.get(key);
    return entry == null || entry.generation != generation ? null : entry.plan;
  }

  void put(Key key, QueryPlan plan, long generation) {
    if (entries.size() >= ENTRIES_MAX) {
      entries.clear();
    }
    entries.put(key, new Entry(plan, generation));
  }
}
