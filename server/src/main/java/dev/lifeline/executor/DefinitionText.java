package dev.lifeline.executor;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.utils.adt.EvalContext;

/// Writes an analyzed expression of a definition, of a default or a check, as the SQL that the
/// catalogs keep and that `pg_get_expr` tells: constants with their types, implicit casts left out,
/// since analyzing the text again adds them.
public final class DefinitionText {
  private DefinitionText() {}

  /// The text of an expression.
  ///
  /// @param relation whose columns the expression is over, by their numbers
  public static String of(Expression expr, Relation relation, EvalContext context) {
    return RuleDefinitions.text(expr, relation, context, false);
  }
}
