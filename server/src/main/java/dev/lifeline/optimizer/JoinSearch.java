package dev.lifeline.optimizer;

import dev.lifeline.optimizer.JoinProblem.Condition;
import dev.lifeline.optimizer.JoinProblem.SpecialJoin;
import dev.lifeline.parser.analyze.FromItem;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Searches for the cheapest order of joins: all of them, bottom up, for up to [#EXHAUSTIVE_MAX]
/// entries, keeping for each set of entries the cheapest plan and the cheapest of each useful
/// order; beyond that greedily, always the cheapest next pair.
final class JoinSearch {
  private static final int EXHAUSTIVE_MAX = 10;

  private final JoinProblem problem;
  private final JoinPaths paths;
  private final Map<Long, JoinRel> rels = new HashMap<>();

  JoinSearch(JoinProblem problem, JoinPaths paths) {
    this.problem = problem;
    this.paths = paths;
  }

  /// @param base the plans of the single entries
  JoinRel search(List<JoinRel> base) {
    for (JoinRel rel : base) {
      rels.put(rel.relids, rel);
    }
    return base.size() <= EXHAUSTIVE_MAX ? exhaustive(base) : greedy(base);
  }

  private JoinRel exhaustive(List<JoinRel> base) {
    int count = base.size();
    long all = (1L << count) - 1;
    for (int size = 2; size <= count; size++) {
      for (long set = 1; set <= all; set++) {
        if (Long.bitCount(set) == size) {
          joinSet(set, false);
        }
      }
      if (size == count && !rels.containsKey(all)) {
        connectAll(all);
      }
    }
    JoinRel result = rels.get(all);
    if (result == null) {
      throw new IllegalStateException("no order of joins is legal");
    }
    return result;
  }

  /// Some entries have no condition with the others: products are allowed, too.
  private void connectAll(long all) {
    for (int size = 2; size <= Long.bitCount(all); size++) {
      for (long set = 1; set <= all; set++) {
        if (Long.bitCount(set) == size && !rels.containsKey(set)) {
          joinSet(set, true);
        }
      }
    }
  }

  private void joinSet(long set, boolean products) {
    JoinRel result = new JoinRel(set);
    for (long left = (set - 1) & set; left > 0; left = (left - 1) & set) {
      long right = set & ~left;
      JoinRel l = rels.get(left);
      JoinRel r = rels.get(right);
      if (l == null || r == null || !(products || connected(left, right))) {
        continue;
      }
      Legality legality = legality(left, right);
      if (legality != null) {
        paths.join(result, l, r, legality.type, conditions(left, right));
      }
    }
    if (!result.plans.isEmpty()) {
      rels.put(set, result);
    }
  }

  private JoinRel greedy(List<JoinRel> base) {
    List<JoinRel> rest = new ArrayList<>(base);
    while (rest.size() > 1) {
      JoinRel best = cheapestPair(rest, false);
      if (best == null) {
        best = cheapestPair(rest, true);
      }
      if (best == null) {
        throw new IllegalStateException("no order of joins is legal");
      }
      long joined = best.relids;
      rest.removeIf(rel -> (rel.relids & joined) != 0);
      rest.add(best);
    }
    return rest.getFirst();
  }

  private @Nullable JoinRel cheapestPair(List<JoinRel> rest, boolean products) {
    JoinRel best = null;
    for (JoinRel l : rest) {
      for (JoinRel r : rest) {
        if (l == r || !(products || connected(l.relids, r.relids))) {
          continue;
        }
        Legality legality = legality(l.relids, r.relids);
        if (legality == null) {
          continue;
        }
        JoinRel candidate = new JoinRel(l.relids | r.relids);
        paths.join(candidate, l, r, legality.type, conditions(l.relids, r.relids));
        if (!candidate.plans.isEmpty()
            && (best == null
                || candidate.cheapest().cost().total() < best.cheapest().cost().total())) {
          best = candidate;
        }
      }
    }
    return best;
  }

  /// Whether a condition, a special join or a LATERAL reference links two sets.
  private boolean connected(long left, long right) {
    for (Condition condition : problem.conditions) {
      if ((condition.relids() & left) != 0 && (condition.relids() & right) != 0) {
        return true;
      }
    }
    for (SpecialJoin special : problem.specialJoins) {
      if (((special.minLeft & left) != 0 && (special.minRight & right) != 0)
          || ((special.minLeft & right) != 0 && (special.minRight & left) != 0)) {
        return true;
      }
    }
    return (paths.lateral(right) & left) != 0 || (paths.lateral(left) & right) != 0;
  }

  /// How two sets may be joined, the first being the left one.
  private record Legality(FromItem.Type type) {}

  /// Null where they may not be joined, or only the other way round. The rules are those of
  /// PostgreSQL's `join_is_legal`, without its identity for left joins that a strict condition lets
  /// commute.
  private @Nullable Legality legality(long left, long right) {
    long joined = left | right;
    SpecialJoin match = null;
    for (SpecialJoin special : problem.specialJoins) {
      if (special.type == FromItem.Type.FULL) {
        if (left == special.left && right == special.right) {
          match = special;
        } else if (splitsFull(special, left, right)) {
          return null;
        }
        continue;
      }
      if ((special.right & joined) == 0 || (joined & ~special.right) == 0) {
        continue;
      }
      if (contains(left, special.all()) || contains(right, special.all())) {
        continue;
      }
      if (contains(left, special.minLeft)
          && contains(right, special.minRight)
          && (right & ~special.right) == 0) {
        if (match != null) {
          return null;
        }
        match = special;
        continue;
      }
      if ((special.right & left) == 0 && (special.right & right) == 0) {
        continue;
      }
      return null;
    }
    return new Legality(match == null ? FromItem.Type.INNER : match.type);
  }

  /// Whether a join would take entries of a full join apart: rows of both its sides are filled up
  /// with nulls, so that neither may be joined with anything else before.
  private static boolean splitsFull(SpecialJoin full, long left, long right) {
    long both = full.left | full.right;
    long joined = left | right;
    boolean done = contains(left, both) || contains(right, both);
    boolean within = contains(full.left, joined) || contains(full.right, joined);
    return !done && !within && (joined & both) != 0;
  }

  private static boolean contains(long set, long subset) {
    return (subset & ~set) == 0;
  }

  /// The conditions that can be checked when the two sets are joined and not before.
  private List<Condition> conditions(long left, long right) {
    long joined = left | right;
    List<Condition> result = new ArrayList<>();
    for (Condition condition : problem.conditions) {
      long relids = condition.relids();
      if (contains(joined, relids) && !contains(left, relids) && !contains(right, relids)) {
        result.add(condition);
      }
    }
    return result;
  }
}
