package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.Query.Output;
import dev.lifeline.parser.analyze.Query.SortKey;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.ColumnRef;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.SortByDir;
import dev.lifeline.parser.tree.SortByNulls;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;

/// Analyzes ORDER BY, GROUP BY and DISTINCT, which all name targets: by position, by the output's
/// name, or by an expression, which becomes a junk target where no target has it already.
final class SortClauses {
  private final ParseState state;
  private final ExpressionAnalyzer expressions;
  private final List<Output> targets;
  private List<List<Integer>> groupingSets = List.of();

  SortClauses(ParseState state, List<Output> targets) {
    this.state = state;
    this.expressions = new ExpressionAnalyzer(state);
    this.targets = targets;
  }

  List<SortKey> orderBy(List<SortBy> items) {
    List<SortKey> keys = new ArrayList<>();
    for (SortBy item : items) {
      if (item.dir() == SortByDir.USING) {
        throw PgException.notSupported("ORDER BY ... USING");
      }
      int target = target(item.node(), ExprKind.ORDER_BY);
      resolveUnknown(target);
      expressions.requireOrdering(targets.get(target).expr().type(), item.node().location());
      boolean descending = item.dir() == SortByDir.DESC;
      boolean nullsFirst =
          item.nulls() == SortByNulls.DEFAULT ? descending : item.nulls() == SortByNulls.FIRST;
      if (keys.stream().noneMatch(key -> key.target() == target)) {
        keys.add(new SortKey(target, descending, nullsFirst));
      }
    }
    return keys;
  }

  /// All targets that are grouped by, in any set.
  List<Integer> groupBy(List<Expr> items, boolean distinctSets) {
    List<List<Integer>> sets = new GroupingSets(this::groupingTarget).expand(items, distinctSets);
    LinkedHashSet<Integer> all = new LinkedHashSet<>();
    sets.forEach(all::addAll);
    groupingSets = sets.size() == 1 ? List.of() : sets;
    return List.copyOf(all);
  }

  /// The sets of the GROUP BY clause, where there is more than one.
  List<List<Integer>> groupingSets() {
    return groupingSets;
  }

  private int groupingTarget(Expr item) {
    int target = target(item, ExprKind.GROUP_BY);
    resolveUnknown(target);
    expressions.requireEquality(targets.get(target).expr().type(), item.location());
    return target;
  }

  /// DISTINCT, and DISTINCT ON, whose expressions must be the first of ORDER BY.
  List<Integer> distinct(List<Expr> on, List<SortKey> orderBy) {
    if (on.isEmpty()) {
      for (SortKey key : orderBy) {
        if (targets.get(key.target()).junk()) {
          throw PgException.error(
                  SqlState.INVALID_COLUMN_REFERENCE,
                  "for SELECT DISTINCT, ORDER BY expressions must appear in select list")
              .at(ExprLocation.of(targets.get(key.target()).expr()));
        }
      }
      for (int i = 0; i < targets.size(); i++) {
        resolveUnknown(i);
        expressions.requireEquality(
            targets.get(i).expr().type(), ExprLocation.of(targets.get(i).expr()));
      }
      return List.of();
    }
    List<Integer> result = new ArrayList<>();
    for (Expr item : on) {
      int target = target(item, ExprKind.DISTINCT_ON);
      resolveUnknown(target);
      expressions.requireEquality(targets.get(target).expr().type(), item.location());
      if (!result.contains(target)) {
        result.add(target);
      }
    }
    checkDistinctOn(result, on, orderBy);
    return result;
  }

  private static void checkDistinctOn(
      List<Integer> distinct, List<Expr> on, List<SortKey> orderBy) {
    int matched = 0;
    for (SortKey key : orderBy) {
      if (!distinct.contains(key.target())) {
        break;
      }
      matched++;
    }
    if (matched < Math.min(orderBy.size(), distinct.size())) {
      throw PgException.error(
              SqlState.INVALID_COLUMN_REFERENCE,
              "SELECT DISTINCT ON expressions must match initial ORDER BY expressions")
          .at(on.getFirst().location());
    }
  }

  private int target(Expr item, ExprKind kind) {
    if (item instanceof ColumnRef ref && !ref.star() && ref.fields().size() == 1) {
      int byName = byName(ref, kind);
      if (byName >= 0) {
        return byName;
      }
    }
    if (item instanceof AConst constant) {
      return byPosition(constant, kind);
    }
    Expression expr = expressions.transform(item, kind);
    for (int i = 0; i < targets.size(); i++) {
      if (targets.get(i).expr().equals(expr)) {
        return i;
      }
    }
    targets.add(new Output("?column?", expr, true, 0, 0));
    return targets.size() - 1;
  }

  /// In ORDER BY an output's name comes first; in GROUP BY that of a column of the input does.
  private int byName(ColumnRef ref, ExprKind kind) {
    String name = ref.fields().getFirst();
    if (kind == ExprKind.GROUP_BY && isInputColumn(name)) {
      return -1;
    }
    int found = -1;
    for (int i = 0; i < targets.size(); i++) {
      Output target = targets.get(i);
      if (target.junk() || !target.name().equals(name)) {
        continue;
      }
      if (found >= 0 && !targets.get(found).expr().equals(target.expr())) {
        throw PgException.error(
                SqlState.AMBIGUOUS_COLUMN, "%s \"%s\" is ambiguous", kind.label(), name)
            .at(ref.location());
      }
      if (found < 0) {
        found = i;
      }
    }
    return found;
  }

  private boolean isInputColumn(String name) {
    for (Scope.Item item : state.scope().items()) {
      if (item.columnsVisible
          && item.columns.stream().anyMatch(column -> column.name().equals(name))) {
        return true;
      }
    }
    return false;
  }

  private int byPosition(AConst constant, ExprKind kind) {
    if (!(constant.value() instanceof Value.Int position)) {
      throw PgException.error(SqlState.SYNTAX_ERROR, "non-integer constant in %s", kind.label())
          .at(constant.location());
    }
    int seen = 0;
    for (int i = 0; i < targets.size(); i++) {
      if (!targets.get(i).junk() && ++seen == position.value()) {
        return i;
      }
    }
    throw PgException.error(
            SqlState.INVALID_COLUMN_REFERENCE,
            "%s position %d is not in select list",
            kind.label(),
            position.value())
        .at(constant.location());
  }

  private void resolveUnknown(int target) {
    Output output = targets.get(target);
    if (output.expr().type() == Types.UNKNOWN) {
      targets.set(target, withExpr(output, expressions.unknownToText(output.expr())));
    }
  }

  static Output withExpr(Output output, Expression expr) {
    return new Output(output.name(), expr, output.junk(), output.tableOid(), output.attnum());
  }
}
