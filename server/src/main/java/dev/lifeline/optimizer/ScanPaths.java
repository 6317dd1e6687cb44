package dev.lifeline.optimizer;

import dev.lifeline.catalog.ColumnStatistics;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.VirtualTable;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The ways to read one range entry.
final class ScanPaths {
  static final double FUNCTION_ROWS = 1000;
  private static final int VIRTUAL_ROWS = 1000;

  /// PostgreSQL's guess of what a second key takes away from the correlation.
  private static final double FURTHER_KEYS = 0.75;

  private final PlannerContext context;
  private final Selectivity selectivity;

  ScanPaths(PlannerContext context, Selectivity selectivity) {
    this.context = context;
    this.selectivity = selectivity;
  }

  /// The entry's column with that number, or null: dropped columns have none.
  static @Nullable RangeColumn column(RangeEntry range, int attnum) {
    for (RangeColumn column : range.columns()) {
      if (column.attnum() == attnum) {
        return column;
      }
    }
    return null;
  }

  static Var var(RangeEntry range, RangeColumn column) {
    return new Var(
        range.id(), column.attnum(), 0, column.typeOid(), column.typmod(), ParseLoc.NONE);
  }

  /// How big an entry is. A table that was never vacuumed is taken to have at least ten pages, as
  /// PostgreSQL does, so that plans for tables which are about to grow are not made for empty ones.
  static RelationInfo info(PlannerContext context, RangeEntry range) {
    RelationInfo info = size(context, range);
    context.remember(info);
    return info;
  }

  private static RelationInfo size(PlannerContext context, RangeEntry range) {
    return switch (range) {
      case RangeEntry.Table table -> tableInfo(context, table);
      case RangeEntry.Function function ->
          new RelationInfo(
              function,
              function.calls().stream().anyMatch(Clauses::returnsSet) ? FUNCTION_ROWS : 1,
              0);
      case RangeEntry.Values values -> new RelationInfo(values, values.rows().size(), 0);
      case RangeEntry.Subquery subquery -> new RelationInfo(subquery, FUNCTION_ROWS, 0);
      case RangeEntry.Cte cte -> new RelationInfo(cte, FUNCTION_ROWS, 0);
    };
  }

  private static RelationInfo tableInfo(PlannerContext context, RangeEntry.Table table) {
    Relation relation = table.relation();
    if (relation.isVirtual()) {
      return new RelationInfo(table, VIRTUAL_ROWS, 10);
    }
    double pages = context.blocks(relation);
    if (pages < 10 && relation.pages() == 0) {
      pages = 10;
    }
    double density =
        relation.pages() > 0 && relation.tuples() >= 0
            ? relation.tuples() / relation.pages()
            : (8192.0 - 24) * relation.fillfactor() / 100 / (width(table.columns()) + 36);
    return new RelationInfo(table, Math.max(0, Math.rint(density * pages)), pages);
  }

  static int width(List<RangeColumn> columns) {
    int width = 0;
    for (RangeColumn column : columns) {
      width += width(column.typeOid(), column.typmod());
    }
    return width;
  }

  /// The average width of a type's values: its length, or for a limited one its limit, or 32.
  static int width(int typeOid, int typmod) {
    PgType type = Types.find(typeOid);
    if (type == null) {
      return 32;
    }
    if (type.length() > 0) {
      return type.length();
    }
    if (typeOid == Types.BPCHAR && typmod > 0) {
      return typmod;
    }
    if (typeOid == Types.VARCHAR && typmod > 0 && typmod < 32) {
      return typmod;
    }
    return 32;
  }

  /// All ways to read a table: in sequence, and by each index that a condition or a wanted order
  /// can use.
  ///
  /// @param needed the columns that anything above reads
  /// @param wanted orders that would be useful
  List<Plan> table(
      RelationInfo info,
      RangeEntry.Table table,
      List<Expression> conditions,
      List<Expression> needed,
      List<List<SortItem>> wanted) {
    List<Plan> plans = new ArrayList<>();
    double rows = info.tuples() * selectivity.of(conditions);
    int width = context.widthOf(needed);
    Expression filter = Clauses.and(conditions);
    Cost cost =
        context
            .costs()
            .seqScan(info.pages(), info.tuples(), Clauses.operators(filter), rows, width);
    if (!context.settings().seqScan()) {
      cost =
          new Cost(
              cost.startup() + PlannerSettings.DISABLED,
              cost.total() + PlannerSettings.DISABLED,
              cost.rows(),
              width);
    }
    VirtualTable virtual = table.relation().virtual();
    if (virtual != null) {
      List<Plan.IndexCondition> narrowing = IndexMatch.narrowing(table, virtual, conditions);
      SortItem order = order(table, virtual);
      plans.add(new Plan.SeqScan(cost, needed, table, filter, narrowing, order));
      if (order != null) {
        SortItem back = new SortItem(order.expr(), true, true);
        if (wanted.stream().anyMatch(want -> isMet(want, back))) {
          plans.add(new Plan.SeqScan(cost, needed, table, filter, narrowing, back));
        }
      }
      return plans;
    }
    plans.add(new Plan.SeqScan(cost, needed, table, filter, List.of(), null));
    for (IndexInfo index : context.indexes(table)) {
      if (!index.hasAllRows(conditions)) {
        continue;
      }
      IndexMatch match = IndexMatch.of(context, table, index, conditions);
      if (match.usable() || !index.predicate().isEmpty() || only(index, needed)) {
        plans.add(indexScan(info, table, match, conditions, needed, false, 1));
      }
      addOrdered(plans, info, table, match, conditions, needed, wanted);
    }
    Plan bitmap = new BitmapPaths(context, selectivity, info, table, 1).best(conditions, needed);
    if (bitmap != null) {
      plans.add(bitmap);
    }
    return plans;
  }

  /// The order in which a virtual table gives its rows, if it has one.
  private static @Nullable SortItem order(RangeEntry.Table table, VirtualTable virtual) {
    RangeColumn column = column(table, virtual.orderedBy() + 1);
    return virtual.orderedBy() < 0 || column == null
        ? null
        : new SortItem(var(table, column), false, false);
  }

  private static boolean isMet(List<SortItem> want, SortItem order) {
    return !want.isEmpty() && Orderings.satisfies(List.of(order), want, List.of());
  }

  private void addOrdered(
      List<Plan> plans,
      RelationInfo info,
      RangeEntry.Table table,
      IndexMatch match,
      List<Expression> conditions,
      List<Expression> needed,
      List<List<SortItem>> wanted) {
    for (boolean backward : new boolean[] {false, true}) {
      if (match.usable() && !backward) {
        continue;
      }
      Plan.IndexScan scan = indexScan(info, table, match, conditions, needed, backward, 1);
      List<SortItem> order = Orderings.of(scan);
      List<Expression> fixed = Orderings.fixed(scan);
      for (List<SortItem> want : wanted) {
        if (!want.isEmpty() && Orderings.satisfies(order, want, fixed)) {
          plans.add(scan);
          break;
        }
      }
    }
  }

  /// How well the order of the index agrees with that of the rows.
  private static double correlation(Relation relation, Relation.Index index) {
    Relation.IndexKey first = index.keys().getFirst();
    ColumnStatistics statistics = relation.statistics().get(first.attnum());
    if (statistics == null || Double.isNaN(statistics.correlation())) {
      return 0;
    }
    double result = first.descending() ? -statistics.correlation() : statistics.correlation();
    return index.keys().size() > 1 ? result * FURTHER_KEYS : result;
  }

  /// A scan by an index.
  ///
  /// @param loops how often it will be repeated
  Plan.IndexScan indexScan(
      RelationInfo info,
      RangeEntry.Table table,
      IndexMatch match,
      List<Expression> conditions,
      List<Expression> needed,
      boolean backward,
      double loops) {
    IndexInfo index = match.info();
    double has = selectivity.of(index.predicate());
    List<Expression> inIndex = new ArrayList<>(match.shown());
    index.predicate().stream().filter(p -> !inIndex.contains(p)).forEach(inIndex::add);
    double indexSelectivity = selectivity.of(inIndex);
    if (match.isUniqueLookup()) {
      indexSelectivity = Math.min(indexSelectivity, 1 / Math.max(1, info.tuples()));
    }
    List<Expression> rest = new ArrayList<>(conditions);
    rest.removeAll(match.shown());
    rest.removeAll(index.predicate());
    double rows = info.tuples() * indexSelectivity * selectivity.of(rest);
    Expression filter = Clauses.and(rest);
    boolean only = only(index, needed);
    Cost cost =
        context
            .costs()
            .indexScan(
                info.tuples() * has,
                info.pages(),
                info.tuples(),
                indexSelectivity,
                correlation(table.relation(), index.index()),
                match.conditions().size(),
                Clauses.operators(filter),
                rows,
                context.widthOf(needed),
                only ? unseen(table.relation(), info) : 1,
                loops);
    if (!context.settings().indexScan()) {
      cost =
          new Cost(
              cost.startup() + PlannerSettings.DISABLED,
              cost.total() + PlannerSettings.DISABLED,
              cost.rows(),
              cost.width());
    }
    return new Plan.IndexScan(
        cost,
        needed,
        table,
        index.index(),
        index.keys(),
        match.conditions(),
        backward,
        filter,
        only);
  }

  /// Whether the entries of an index are enough.
  private boolean only(IndexInfo index, List<Expression> needed) {
    return context.settings().indexOnlyScan() && index.tells(needed);
  }

  /// The part of a table's pages that not everybody sees all of.
  private static double unseen(Relation relation, RelationInfo info) {
    double visible = relation.allVisible();
    return visible <= 0 ? 1 : visible >= info.pages() ? 0 : 1 - visible / info.pages();
  }
}
