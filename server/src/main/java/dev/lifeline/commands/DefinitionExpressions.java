package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the expressions in definitions, of defaults and check constraints, and makes of them the
/// source text that the catalogs keep.
final class DefinitionExpressions {
  private final CommandContext context;

  DefinitionExpressions(CommandContext context) {
    this.context = context;
  }

  /// The source of a column's default, or null where it has none (which is what NULL means, too).
  @Nullable String defaultSource(TableDefinition.Column column, String table) {
    Expr expr = column.defaultExpr;
    if (expr == null || (expr instanceof AConst c && c.value() instanceof Value.Null)) {
      return null;
    }
    return source(expr);
  }

  @Nullable String defaultSource(Expr expr, Relation.Column column, String table) {
    return source(expr);
  }

  @Nullable String missingText(TableDefinition.Column column) {
    return null;
  }

  List<Integer> check(Expr expr, String table, List<Relation.Column> columns) {
    return List.of();
  }

  @Nullable Evaluator evaluator(Expr expr, String table, List<Relation.Column> columns) {
    return null;
  }

  static String source(Expr expr) {
    return expr.toString();
  }
}
