package dev.lifeline.replication.logical;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.RowChecks;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.utils.adt.EvalContext;
import java.util.ArrayList;
import java.util.List;

/// Which rows of a table some publications tell of: a row is told if one of them wants it.
final class RowFilter {
  private final EvalContext context;

  /// Empty where all rows are told.
  private final List<Evaluator> conditions;

  private RowFilter(EvalContext context, List<Evaluator> conditions) {
    this.context = context;
    this.conditions = conditions;
  }

  /// @param publications that publish this kind of change
  static RowFilter of(
      DecodedTable table,
      List<Relation.Publication> publications,
      SessionCatalog catalog,
      EvalContext context) {
    List<Evaluator> conditions = new ArrayList<>();
    for (Relation.Publication publication : publications) {
      String source = publication.rowFilter();
      if (source == null) {
        return new RowFilter(context, List.of());
      }
      conditions.add(
          RowChecks.compile(
              Analyzer.tableExpression(source, table.relation(), 1, catalog, context)));
    }
    return new RowFilter(context, conditions);
  }

  boolean isEmpty() {
    return conditions.isEmpty();
  }

  boolean accepts(DecodedTable.Row row) {
    for (Evaluator condition : conditions) {
      EvalFrame frame = new EvalFrame(context);
      frame.input = row.batch();
      frame.row = 0;
      long result = condition.evalLong(frame);
      if (!frame.isNull && result != 0) {
        return true;
      }
    }
    return conditions.isEmpty();
  }
}
