package dev.lifeline.optimizer;

import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.executor.expr.BoolExpr;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.RangeEntry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The ways to read a table by bitmaps of its indexes: by one of them, by what several have in
/// common, and for an OR by what each of its arms finds.
final class BitmapPaths {
  private final PlannerContext context;
  private final Selectivity selectivity;
  private final RelationInfo info;
  private final RangeEntry.Table table;
  private final double loops;

  /// @param loops how often the scan will be repeated
  BitmapPaths(
      PlannerContext context,
      Selectivity selectivity,
      RelationInfo info,
      RangeEntry.Table table,
      double loops) {
    this.context = context;
    this.selectivity = selectivity;
    this.info = info;
    this.table = table;
    this.loops = loops;
  }

  /// A way to make a bitmap.
  ///
  /// @param total what that costs
  /// @param share the part of the rows that it names
  /// @param stands for rows of which all of these hold
  /// @param predicates those of them that the index has only such rows of
  private record Bitmap(
      Plan plan, double total, double share, List<Expression> stands, List<Expression> predicates) {

    /// Whether another one repeats a condition of these.
    boolean tells(Bitmap other) {
      return other.stands.stream().anyMatch(stands::contains)
          || other.predicates.stream().anyMatch(p -> Implication.implies(stands, p));
    }
  }

  /// The cheapest one, if there is any.
  Plan.@Nullable BitmapHeapScan best(List<Expression> conditions, List<Expression> needed) {
    Bitmap best = bestBitmap(conditions);
    return best == null ? null : heapScan(best, conditions, needed);
  }

  /// By one index alone.
  Plan.@Nullable BitmapHeapScan by(
      IndexMatch match, List<Expression> conditions, List<Expression> needed) {
    return match.usable() ? heapScan(single(match, conditions), conditions, needed) : null;
  }

  private @Nullable Bitmap bestBitmap(List<Expression> conditions) {
    List<Bitmap> found = new ArrayList<>();
    for (IndexInfo index : context.indexes(table)) {
      IndexMatch match = IndexMatch.of(context, table, index, conditions);
      if (index.hasAllRows(conditions) && (match.usable() || !index.predicate().isEmpty())) {
        found.add(single(match, conditions));
      }
    }
    found.addAll(ofDisjunctions(conditions));
    return choose(found);
  }

  private List<Bitmap> ofDisjunctions(List<Expression> conditions) {
    List<Bitmap> found = new ArrayList<>();
    for (Expression condition : conditions) {
      if (condition instanceof BoolExpr or && or.kind() == BoolExpr.Kind.OR) {
        Bitmap any = any(or, conditions);
        if (any != null) {
          found.add(any);
        }
      }
    }
    return found;
  }

  private Bitmap single(IndexMatch match, List<Expression> conditions) {
    IndexInfo index = match.info();
    double has = selectivity.of(index.predicate());
    Set<Expression> stands = new LinkedHashSet<>();
    match.shown().stream().filter(conditions::contains).forEach(stands::add);
    stands.addAll(index.predicate());
    Set<Expression> inIndex = new LinkedHashSet<>(match.shown());
    inIndex.addAll(index.predicate());
    double share = selectivity.of(List.copyOf(inIndex));
    if (match.isUniqueLookup()) {
      share = Math.min(share, 1 / Math.max(1, info.tuples()));
    }
    Cost cost =
        context
            .costs()
            .bitmapIndexScan(
                info.tuples() * has, info.tuples(), share, match.conditions().size(), loops);
    Plan plan = new Plan.BitmapIndexScan(cost, index.index(), index.keys(), match.conditions());
    return new Bitmap(
        plan,
        cost.total() + context.costs().bitmapInsert(cost),
        share,
        List.copyOf(stands),
        index.predicate());
  }

  /// Each arm by what finds its rows cheapest; null when one of them has nothing.
  private @Nullable Bitmap any(BoolExpr or, List<Expression> conditions) {
    List<Bitmap> arms = new ArrayList<>();
    for (Expression arm : or.args()) {
      Bitmap found = arm(arm, or, conditions);
      if (found == null) {
        return null;
      }
      arms.add(found);
    }
    double share = 0;
    double total = 0;
    List<Plan> plans = new ArrayList<>();
    List<Expression> stands = new ArrayList<>();
    for (Bitmap arm : arms) {
      share += arm.share;
      total += arm.total;
      addFlat(plans, arm.plan, false);
      Expression all = Clauses.and(arm.stands);
      if (all == null) {
        return null;
      }
      stands.add(all);
    }
    share = Math.min(1, share);
    total += (arms.size() - 1) * context.costs().bitmapCombine();
    Cost cost = new Cost(total, total, Cost.clampRows(share * info.tuples()), 0);
    return new Bitmap(
        new Plan.BitmapCombination(cost, false, plans),
        total,
        share,
        List.of(new BoolExpr(BoolExpr.Kind.OR, stands, ParseLoc.NONE)),
        List.of());
  }

  /// An index is used for an arm when the arm itself has a condition for it; the conditions around
  /// the OR may help.
  private @Nullable Bitmap arm(Expression arm, BoolExpr or, List<Expression> conditions) {
    List<Expression> own = Clauses.conjuncts(arm);
    List<Expression> all = new ArrayList<>(own);
    conditions.stream().filter(c -> !c.equals(or) && !own.contains(c)).forEach(all::add);
    List<Bitmap> found = new ArrayList<>();
    for (IndexInfo index : context.indexes(table)) {
      IndexMatch match = IndexMatch.of(context, table, index, all);
      boolean usesArm =
          IndexMatch.of(context, table, index, own).usable()
              || match.shown().stream().anyMatch(own::contains);
      if (match.usable() && usesArm && index.hasAllRows(all)) {
        found.add(single(match, all));
      }
    }
    for (Expression part : own) {
      if (part instanceof BoolExpr nested && nested.kind() == BoolExpr.Kind.OR) {
        Bitmap any = any(nested, all);
        if (any != null) {
          found.add(any);
        }
      }
    }
    return choose(found);
  }

  private static void addFlat(List<Plan> plans, Plan plan, boolean and) {
    if (plan instanceof Plan.BitmapCombination combination && combination.and() == and) {
      plans.addAll(combination.inputs());
    } else {
      plans.add(plan);
    }
  }

  /// As PostgreSQL does: from each way in turn, the cheaper ones first, others are added that make
  /// the whole cheaper and do not repeat a condition; the cheapest of these wins.
  private @Nullable Bitmap choose(List<Bitmap> found) {
    List<Bitmap> ways = new ArrayList<>();
    for (Bitmap way : found) {
      Bitmap same =
          ways.stream()
              .filter(w -> w.stands.size() == way.stands.size() && w.stands.containsAll(way.stands))
              .findFirst()
              .orElse(null);
      if (same == null) {
        ways.add(way);
      } else if (way.total < same.total) {
        ways.set(ways.indexOf(same), way);
      }
    }
    ways.sort(Comparator.comparingDouble(Bitmap::total).thenComparingDouble(Bitmap::share));
    Bitmap best = null;
    for (int first = 0; first < ways.size(); first++) {
      List<Bitmap> taken = new ArrayList<>(List.of(ways.get(first)));
      Bitmap together = ways.get(first);
      for (Bitmap more : ways.subList(first + 1, ways.size())) {
        if (!together.tells(more)) {
          taken.add(more);
          Bitmap wider = all(taken);
          if (heapCost(wider).total() < heapCost(together).total()) {
            together = wider;
          } else {
            taken.removeLast();
          }
        }
      }
      if (best == null || heapCost(together).total() < heapCost(best).total()) {
        best = together;
      }
    }
    return best;
  }

  private Bitmap all(List<Bitmap> parts) {
    double share = 1;
    double total = (parts.size() - 1) * context.costs().bitmapCombine();
    List<Plan> plans = new ArrayList<>();
    List<Expression> stands = new ArrayList<>();
    for (Bitmap part : parts) {
      share *= part.share;
      total += part.total;
      addFlat(plans, part.plan, true);
      stands.addAll(part.stands);
    }
    Cost cost = new Cost(total, total, Cost.clampRows(share * info.tuples()), 0);
    Plan plan = new Plan.BitmapCombination(cost, true, plans);
    return new Bitmap(plan, total, share, stands, List.of());
  }

  private Cost heapCost(Bitmap bitmap) {
    return heapCost(bitmap, Clauses.operators(Clauses.and(bitmap.stands)), 1, 0);
  }

  private Cost heapCost(Bitmap bitmap, int operators, double rows, int width) {
    double exact = TidBitmap.pagesMax(context.settings().workMem());
    return context
        .costs()
        .bitmapHeapScan(
            bitmap.total,
            info.pages(),
            info.tuples(),
            bitmap.share,
            operators,
            exact,
            rows,
            width,
            loops);
  }

  private Plan.BitmapHeapScan heapScan(
      Bitmap bitmap, List<Expression> conditions, List<Expression> needed) {
    List<Expression> rest = new ArrayList<>();
    for (Expression condition : conditions) {
      boolean known =
          bitmap.stands.contains(condition)
              || (!Clauses.isVolatile(condition) && Implication.implies(bitmap.stands, condition));
      if (!known) {
        rest.add(condition);
      }
    }
    Expression recheck = Clauses.and(bitmap.stands);
    Expression filter = Clauses.and(rest);
    double rows = info.tuples() * selectivity.of(conditions);
    if (bitmap.share * info.tuples() < rows) {
      rows = bitmap.share * info.tuples() * selectivity.of(rest);
    }
    int operators = Clauses.operators(recheck) + Clauses.operators(filter);
    Cost cost = heapCost(bitmap, operators, rows, context.widthOf(needed));
    if (!context.settings().bitmapScan()) {
      cost =
          new Cost(
              cost.startup() + PlannerSettings.DISABLED,
              cost.total() + PlannerSettings.DISABLED,
              cost.rows(),
              cost.width());
    }
    return new Plan.BitmapHeapScan(cost, needed, table, bitmap.plan, recheck, filter);
  }
}
