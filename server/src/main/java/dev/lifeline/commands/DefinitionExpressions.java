package dev.lifeline.commands;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.parser.tree.AConst;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.Value;
import dev.lifeline.utils.error.PgException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the expressions in definitions, of defaults and check constraints, and makes of them the
/// source text that the catalogs keep.
@SuppressWarnings("DoNotCallSuggester")
final class DefinitionExpressions {
  private final CommandContext context;

  DefinitionExpressions(CommandContext context) {
    this.context = context;
  }

  /// The source of a column's default, or null where it has none (which is what NULL means, too).
  @Nullable String defaultSource(TableDefinition.Column column) {
    Expr expr = column.defaultExpr;
    if (expr == null || (expr instanceof AConst c && c.value() instanceof Value.Null)) {
      return null;
    }
    return source(expr);
  }

  @Nullable String defaultSource(Expr expr) {
    return source(expr);
  }

  @Nullable String missingText(TableDefinition.Column column) {
    throw PgException.notSupported("a default of a column that is added to a table with rows")
        .at(column.location);
  }

  List<Integer> check(Expr expr) {
    context.session().checkForInterrupts();
    throw PgException.notSupported("a check constraint").at(expr.location());
  }

  Evaluator evaluator(Expr expr) {
    throw PgException.notSupported("a check constraint").at(expr.location());
  }

  static String source(Expr expr) {
    if (expr instanceof AConst constant) {
      return switch (constant.value()) {
        case Value.Int i -> Integer.toString(i.value());
        case Value.Numeric n -> n.digits();
        case Value.Bool b -> Boolean.toString(b.value());
        case Value.Str s -> "'" + s.value().replace("'", "''") + "'";
        case Value.BitStr b -> throw PgException.notSupported("a bit string");
        case Value.Null n -> "NULL";
      };
    }
    throw PgException.notSupported("a default that is not a constant").at(expr.location());
  }
}
