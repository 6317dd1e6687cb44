package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.SystemColumns;
import dev.lifeline.utils.adt.Types;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Plans INSERT, UPDATE and DELETE: a query that yields the rows, and on top of it the node that
/// changes the table.
final class ModifyPlanner {
  private final PlannerContext context;
  private final SubLinkPlanner sublinks;

  ModifyPlanner(PlannerContext context) {
    this.context = context;
    this.sublinks = new SubLinkPlanner(context);
  }

  Plan plan(Query.Insert insert) {
    context.plan(insert.with());
    Plan input = context.plan(insert.source());
    Query.OnConflict conflict = insert.onConflict();
    if (conflict != null) {
      conflict =
          conflict.with(
              conflict.assignments() == null ? null : assignments(conflict.assignments()),
              conflict.where() == null ? null : sublinks.plan(conflict.where()));
    }
    List<Expression> output = outputs(insert.outputs());
    return new Plan.Insert(cost(input, output), output, insert.target(), conflict, input);
  }

  private Cost cost(Plan input, List<Expression> output) {
    Cost cost = input.cost();
    return new Cost(
        cost.startup(),
        cost.total(),
        output.isEmpty() ? 0 : cost.rows(),
        output.isEmpty() ? 0 : context.widthOf(output));
  }

  private List<Expression> outputs(List<Query.Output> outputs) {
    return outputs.stream().map(output -> sublinks.plan(output.expr())).toList();
  }

  private List<Query.Assignment> assignments(List<Query.Assignment> assignments) {
    return assignments.stream()
        .map(a -> new Query.Assignment(a.attnum(), sublinks.plan(a.value())))
        .toList();
  }

  /// Conditions with subqueries stay conditions here, and do not become joins: the row of the
  /// target may have to be checked again in a newer version.
  Plan plan(Query.Modify modify) {
    context.plan(modify.with());
    List<FromItem> from = new ArrayList<>();
    from.add(new FromItem.Entry(modify.target()));
    from.addAll(modify.from());
    Query.Select rows =
        SubqueryPullUp.apply(Query.Select.of(from, modify.where(), carried(modify)));
    Expression where = rows.where() == null ? null : context.fold(sublinks.plan(rows.where()));
    List<Query.Assignment> assignments = new ArrayList<>();
    List<Expression> output = new ArrayList<>();
    int next = 0;
    for (Query.Assignment assignment : modify.assignments()) {
      Expression value = rows.targets().get(next++).expr();
      assignments.add(new Query.Assignment(assignment.attnum(), sublinks.plan(value)));
    }
    for (int i = 0; i < modify.outputs().size(); i++) {
      output.add(sublinks.plan(rows.targets().get(next++).expr()));
    }
    Set<Expression> needed = needed(modify, where, assignments, output);
    List<FromItem> planned = rows.from().stream().map(item -> planSubLinks(item)).toList();
    Plan input = new FromPlanner(context).plan(planned, where, needed, List.of()).cheapest();
    return new Plan.Modify(
        cost(input, output), output, modify.target(), modify.delete(), assignments, where, input);
  }

  private FromItem planSubLinks(FromItem item) {
    return item instanceof FromItem.Join join
        ? new FromItem.Join(
            join.type(),
            planSubLinks(join.left()),
            planSubLinks(join.right()),
            join.condition() == null ? null : sublinks.plan(join.condition()))
        : item;
  }

  /// The assignments and RETURNING as targets, so that what a subquery in FROM is replaced by is
  /// replaced in them as well.
  private static List<Query.Output> carried(Query.Modify modify) {
    List<Query.Output> targets = new ArrayList<>();
    modify
        .assignments()
        .forEach(a -> targets.add(new Query.Output("?column?", a.value(), false, 0, 0)));
    targets.addAll(modify.outputs());
    return targets;
  }

  private static Set<Expression> needed(
      Query.Modify modify,
      @Nullable Expression where,
      List<Query.Assignment> assignments,
      List<Expression> output) {
    Set<Expression> needed = new LinkedHashSet<>();
    RangeEntry.Table target = modify.target();
    needed.add(new Var(target.id(), SystemColumns.CTID, 0, Types.TID, -1, ParseLoc.NONE));
    if (!modify.delete() || !output.isEmpty()) {
      for (RangeEntry.RangeColumn column : target.columns()) {
        needed.add(ScanPaths.var(target, column));
      }
    }
    if (where != null) {
      SelectPlanner.addVars(where, needed);
    }
    assignments.forEach(a -> SelectPlanner.addVars(a.value(), needed));
    output.forEach(expr -> SelectPlanner.addVars(expr, needed));
    return needed;
  }
}
