package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Const;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How many groups rows fall into, as PostgreSQL's `estimate_num_groups`: the different values of
/// the keys' columns, multiplied, of each table no more than it has rows.
final class GroupCount {
  private static final double DISTINCT_DEFAULT = 200;

  /// Several keys of one table are seldom independent.
  private static final double SEVERAL_KEYS = 0.1;

  private final PlannerContext context;

  GroupCount(PlannerContext context) {
    this.context = context;
  }

  /// The columns of a table that are among the keys.
  private static final class OfTable {
    double product = 1;
    double most = 1;
    int columns;
  }

  double estimate(List<Expression> keys, double rows) {
    Selectivity known = context.selectivity();
    Map<Integer, OfTable> tables = new HashMap<>();
    Set<Expression> seen = new HashSet<>();
    double groups = 1;
    for (Expression key : keys) {
      Set<Expression> columns = new HashSet<>();
      SelectPlanner.addVars(key, columns);
      if (columns.isEmpty() && !(key instanceof Const)) {
        groups *= DISTINCT_DEFAULT;
      }
      for (Expression column : columns) {
        if (column instanceof Var var && seen.add(column)) {
          add(tables.computeIfAbsent(var.varno(), id -> new OfTable()), known.distinctValues(var));
        }
      }
    }
    for (Map.Entry<Integer, OfTable> table : tables.entrySet()) {
      groups *= groups(table.getValue(), known.tuples(table.getKey()), rows);
    }
    return Math.max(1, Math.min(Math.max(1, rows), Math.ceil(groups)));
  }

  private static void add(OfTable table, double distinct) {
    table.product *= distinct;
    table.most = Math.max(table.most, distinct);
    table.columns++;
  }

  /// Of the table's values only those count that are left in the rows that come in.
  private static double groups(OfTable table, double tuples, double rows) {
    if (tuples <= 0) {
      return table.product;
    }
    double limit = table.columns > 1 ? Math.max(table.most, tuples * SEVERAL_KEYS) : tuples;
    double distinct = Math.max(1, Math.min(table.product, limit));
    if (rows < tuples) {
      distinct *= 1 - Math.pow((tuples - rows) / tuples, tuples / distinct);
    }
    return Math.max(1, distinct);
  }
}
