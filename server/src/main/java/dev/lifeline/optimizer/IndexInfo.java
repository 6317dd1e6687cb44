package dev.lifeline.optimizer;

import dev.lifeline.catalog.IndexLayout;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.parser.analyze.RangeEntry.RangeColumn;
import dev.lifeline.utils.adt.EvalContext;
import java.util.ArrayList;
import java.util.List;

/// An index as the planner sees it, over one range entry.
///
/// @param keys what it is in the order of
/// @param predicate what its rows have in common: all of these
/// @param layout what its entries tell of the columns
record IndexInfo(
    Relation.Index index, List<Expression> keys, List<Expression> predicate, IndexLayout layout) {
  IndexInfo {
    keys = List.copyOf(keys);
    predicate = List.copyOf(predicate);
  }

  static IndexInfo of(
      RangeEntry.Table table,
      Relation.Index index,
      SessionCatalog catalog,
      ConstantFolder folder,
      EvalContext values) {
    Relation relation = table.relation();
    List<Expression> keys = new ArrayList<>();
    for (Relation.IndexKey key : index.keys()) {
      Relation.KeyExpression expression = key.expression();
      if (expression != null) {
        keys.add(
            folder.fold(
                Analyzer.indexExpression(
                    expression.source(), relation, table.id(), catalog, values)));
        continue;
      }
      RangeColumn column = ScanPaths.column(table, key.attnum());
      if (column == null) {
        break;
      }
      keys.add(ScanPaths.var(table, column));
    }
    String predicate = index.predicate();
    List<Expression> conditions =
        predicate == null
            ? List.of()
            : Clauses.conjuncts(
                folder.fold(
                    Analyzer.indexPredicate(predicate, relation, table.id(), catalog, values)));
    return new IndexInfo(index, keys, conditions, IndexLayout.of(relation, index));
  }

  /// Whether the entries alone tell all these columns.
  boolean tells(List<Expression> columns) {
    for (Expression column : columns) {
      if (!(column instanceof Var var) || !layout.tells(var.attno())) {
        return false;
      }
    }
    return true;
  }

  /// Whether the index has every row that the conditions let through.
  boolean hasAllRows(List<Expression> conditions) {
    return index.valid() && predicate.stream().allMatch(p -> Implication.implies(conditions, p));
  }
}
