package dev.lifeline.executor;

import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SessionCatalog;
import dev.lifeline.executor.expr.ColumnRef;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Analyzer;
import dev.lifeline.utils.adt.EvalContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// Compiles the check constraints of tables, and what their generated columns are computed from.
public final class RowChecks {
  private static final int RANGE = 1;

  private RowChecks() {}

  /// The check constraints in the order of their names, in which PostgreSQL checks them.
  public static List<RowCheck> of(Relation relation, SessionCatalog catalog, EvalContext context) {
    List<RowCheck> checks = new ArrayList<>();
    for (Relation.Constraint constraint : relation.constraints()) {
      String source = constraint.checkSource();
      if (source != null) {
        Expression expr = Analyzer.tableExpression(source, relation, RANGE, catalog, context);
        checks.add(new RowCheck(constraint.name(), compile(expr)));
      }
    }
    checks.sort(Comparator.comparing(RowCheck::name));
    return checks;
  }

  /// What the generated columns are computed from, by their places from 0.
  public static List<GeneratedColumn> generated(
      Relation relation, SessionCatalog catalog, EvalContext context) {
    List<GeneratedColumn> generated = new ArrayList<>();
    for (Relation.Column column : relation.columns()) {
      if (column.isGenerated() && !column.dropped()) {
        Expression expr = Analyzer.generationExpression(relation, column, RANGE, catalog, context);
        generated.add(new GeneratedColumn(column.attnum() - 1, compile(expr)));
      }
    }
    return generated;
  }

  /// An expression over the columns of one table, whose rows are the input.
  public static Evaluator compile(Expression expr) {
    return ExprCompiler.of(toColumns(expr));
  }

  private static Expression toColumns(Expression expr) {
    return expr instanceof Var var
        ? ColumnRef.of(var.attno() - 1, var.type(), var.typmod())
        : expr.mapChildren(RowChecks::toColumns);
  }
}
