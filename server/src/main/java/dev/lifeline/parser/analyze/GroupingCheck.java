package dev.lifeline.parser.analyze;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Whether the outputs of a grouped query have one value for each group: they are made of what is
/// grouped by, of aggregates, and of columns of a table whose primary key is grouped by.
final class GroupingCheck {
  private final List<Output> targets;
  private final List<Expression> grouped = new ArrayList<>();
  private final Map<Integer, RangeEntry> local = new HashMap<>();

  /// What is in all grouping sets.
  private final List<Expression> common = new ArrayList<>();

  GroupingCheck(
      List<FromItem> from,
      List<Output> targets,
      List<Integer> groupBy,
      List<List<Integer>> groupingSets) {
    this.targets = targets;
    for (int target : groupBy) {
      Expression expr = targets.get(target).expr();
      grouped.add(expr);
      if (groupingSets.stream().allMatch(set -> set.contains(target))) {
        common.add(expr);
      }
    }
    from.forEach(this::collect);
  }

  private void collect(FromItem item) {
    switch (item) {
      case FromItem.Entry entry -> local.put(entry.range().id(), entry.range());
      case FromItem.Join join -> {
        collect(join.left());
        collect(join.right());
      }
    }
  }

  void check(@Nullable Expression having, List<Window> windows) {
    for (Output target : targets) {
      check(target.expr(), false);
    }
    if (having != null) {
      check(having, false);
    }
    windows.forEach(window -> window.expressions().forEach(expr -> check(expr, false)));
  }

  private void check(Expression expr, boolean inSubquery) {
    if (expr instanceof Aggref || grouped.contains(expr)) {
      return;
    }
    if (expr instanceof GroupingExpr grouping) {
      grouping.args().forEach(this::checkGrouping);
      return;
    }
    if (expr instanceof Var var) {
      RangeEntry range = local.get(var.varno());
      if (range != null && !dependsOnKey(range)) {
        throw ungrouped(var, range, inSubquery);
      }
      return;
    }
    if (expr instanceof SubLinkExpr sublink) {
      QueryWalker.forEach(sublink.query(), whole -> check(whole, true));
    }
    expr.children().forEach(child -> check(child, inSubquery));
  }

  private void checkGrouping(Expression arg) {
    if (!grouped.contains(arg)) {
      if (arg instanceof Var var && !local.containsKey(var.varno())) {
        throw PgException.notSupported("GROUPING of what an outer query groups by")
            .at(var.location().offset());
      }
      throw PgException.error(
              SqlState.GROUPING_ERROR,
              "arguments to GROUPING must be grouping expressions of the associated query level")
          .at(ExprLocation.of(arg));
    }
  }

  /// Whether the primary key of the table is grouped by, in every set: then so is every column of
  /// it.
  private boolean dependsOnKey(RangeEntry range) {
    if (!(range instanceof RangeEntry.Table table)) {
      return false;
    }
    Relation.Index key = table.relation().primaryKey();
    return key != null
        && key.keys().stream()
            .allMatch(part ->
                common.stream()
                    .anyMatch(expr ->
                        expr instanceof Var var
                            && var.varno() == range.id()
                            && var.attno() == part.attnum()));
  }

  private static PgException ungrouped(Var var, RangeEntry range, boolean inSubquery) {
    String column =
        range.columns().stream()
            .filter(c -> c.attnum() == var.attno())
            .map(RangeEntry.RangeColumn::name)
            .findFirst()
            .orElse("?");
    return PgException.error(
            SqlState.GROUPING_ERROR,
            inSubquery
                ? "subquery uses ungrouped column \"%s.%s\" from outer query"
                : "column \"%s.%s\" must appear in the GROUP BY clause or be used in an aggregate"
                    + " function",
            range.alias(),
            column)
        .at(var.location().offset());
  }
}
