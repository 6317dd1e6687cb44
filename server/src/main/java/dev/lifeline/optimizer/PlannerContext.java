package dev.lifeline.optimizer;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.CommonTable;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/// What is shared by the planning of all parts of one statement.
final class PlannerContext {
  private static final int DEPTH_MAX = 200;

  private final PlannerSettings settings;
  private final ConstantFolder folder;
  private final EvalContext statisticsContext;
  private final SessionCatalog catalog;
  private final EvalContext values;
  private final ToLongFunction<Relation> blocks;
  private final Map<Integer, List<IndexInfo>> indexes = new HashMap<>();
  private boolean literalsMatter;
  private final List<Integer> execParameters = new ArrayList<>();
  private final Map<Integer, RelationInfo> relations = new HashMap<>();
  private final Map<CommonTable, Plan> commonTables = new LinkedHashMap<>();
  private final List<RangeEntry> ranges;
  private int subplans;
  private int depth;

  /// @param ranges the statement's range entries
  /// @param blocks how many pages a stored relation has now
  PlannerContext(
      PlannerSettings settings,
      SessionCatalog catalog,
      EvalContext values,
      List<RangeEntry> ranges,
      ToLongFunction<Relation> blocks) {
    this.ranges = new ArrayList<>(ranges);
    this.settings = settings;
    this.catalog = catalog;
    this.values = values;
    this.folder = new ConstantFolder(values);
    this.statisticsContext = values.withDefaults();
    this.blocks = blocks;
  }

  PlannerSettings settings() {
    return settings;
  }

  /// Computes what does not depend on any row.
  Expression fold(Expression expr) {
    return folder.fold(expr);
  }

  /// The statement's range entries, with those that planning has added.
  List<RangeEntry> ranges() {
    return ranges;
  }

  /// Reads a table once more, for a part of the statement of its own.
  RangeEntry.Table another(RangeEntry.Table table) {
    int last = ranges.stream().mapToInt(RangeEntry::id).max().orElse(0);
    RangeEntry.Table added =
        new RangeEntry.Table(last + 1, table.alias(), table.relation(), table.columns());
    ranges.add(added);
    return added;
  }

  /// The entries that were added since there were so many are not used after all.
  void forgetRangesFrom(int size) {
    ranges.subList(size, ranges.size()).clear();
  }

  /// Notes what is assumed about a range entry of the statement.
  void remember(RelationInfo info) {
    relations.put(info.range().id(), info);
  }

  /// By all that is known of the statement's range entries so far.
  Selectivity selectivity() {
    return new Selectivity(relations, statisticsContext);
  }

  /// The average width of rows of these columns.
  int widthOf(List<Expression> output) {
    Selectivity known = selectivity();
    int width = 0;
    for (Expression expr : output) {
      VariableStatistics statistics = known.statistics(expr);
      int average = statistics == null ? 0 : statistics.statistics().averageWidth();
      width += average > 0 ? average : ScanPaths.width(expr.type(), expr.typmod());
    }
    return width;
  }

  /// What the values in statistics are read with.
  EvalContext statisticsContext() {
    return statisticsContext;
  }

  CostModel costs() {
    return settings.costs();
  }

  /// The indexes of a table.
  List<IndexInfo> indexes(RangeEntry.Table table) {
    List<IndexInfo> known = indexes.get(table.id());
    if (known == null) {
      known = new ArrayList<>();
      for (Relation.Index index : table.relation().indexes()) {
        known.add(IndexInfo.of(table, index, catalog, folder, values));
        literalsMatter |= !index.isPlain();
      }
      indexes.put(table.id(), known);
    }
    return known;
  }

  /// The plan would be another one if parameters were constants.
  void noteLiteralsMatter() {
    literalsMatter = true;
  }

  boolean literalsMatter() {
    return literalsMatter;
  }

  long blocks(Relation relation) {
    return blocks.applyAsLong(relation);
  }

  /// A new parameter that the executor sets.
  Param newParam(Expression like) {
    execParameters.add(like.type());
    return new Param(
        Param.Kind.EXEC, execParameters.size() - 1, like.type(), like.typmod(), ParseLoc.NONE);
  }

  List<Integer> execParameters() {
    return execParameters;
  }

  int newSubPlan() {
    return ++subplans;
  }

  Map<CommonTable, Plan> commonTables() {
    return commonTables;
  }

  /// Plans the queries of a WITH clause that are computed once.
  void plan(List<CommonTable> tables) {
    for (CommonTable table : tables) {
      if (table.used() && table.materialized()) {
        commonTables.put(table, plan(table.query()));
      }
    }
  }

  Plan plan(Query query) {
    if (++depth > DEPTH_MAX) {
      throw PgException.error(SqlState.STATEMENT_TOO_COMPLEX, "stack depth limit exceeded");
    }
    try {
      return switch (query) {
        case Query.Select select -> new SelectPlanner(this).plan(select);
        case Query.SetOperationQuery set -> new SetOperationPlanner(this).plan(set);
        case Query.RecursiveUnion union -> new SetOperationPlanner(this).plan(union);
        case Query.Insert insert -> new ModifyPlanner(this).plan(insert);
        case Query.Modify modify -> new ModifyPlanner(this).plan(modify);
      };
    } finally {
      depth--;
    }
  }
}
