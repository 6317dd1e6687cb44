package dev.lifeline.parser.func;

import dev.lifeline.executor.expr.ExprLocation;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.utils.adt.FormatType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The type that several expressions can all become: of UNION, CASE, VALUES, COALESCE, IN, ....
final class CommonType {
  private CommonType() {}

  /// @param construct what error messages call it, e.g. `CASE`; null to be told 0 instead
  static int of(List<Expression> expressions, @Nullable String construct) {
    int chosen = expressions.getFirst().type();
    boolean same = chosen != Types.UNKNOWN;
    for (Expression expression : expressions) {
      same &= expression.type() == chosen;
    }
    if (same) {
      return chosen;
    }
    for (Expression expression : expressions.subList(1, expressions.size())) {
      int next = better(chosen, expression.type());
      if (next == 0) {
        if (construct == null) {
          return 0;
        }
        throw PgException.error(
                SqlState.DATATYPE_MISMATCH,
                "%s types %s and %s cannot be matched",
                construct,
                FormatType.name(chosen),
                FormatType.name(expression.type()))
            .at(ExprLocation.of(expression));
      }
      chosen = next;
    }
    // Literals of no known type only.
    return chosen == Types.UNKNOWN ? Types.TEXT : chosen;
  }

  /// The common type of types none of which is unknown, or 0.
  static int ofTypes(List<Integer> types) {
    int chosen = types.getFirst();
    for (int type : types) {
      chosen = better(chosen, type);
      if (chosen == 0) {
        return 0;
      }
    }
    for (int type : types) {
      if (!CoercionPath.find(chosen, type, CoercionContext.IMPLICIT).exists()) {
        return 0;
      }
    }
    return chosen;
  }

  /// Which of two types to go on with, or 0 where they cannot be matched.
  private static int better(int chosen, int next) {
    if (next == Types.UNKNOWN || next == chosen) {
      return chosen;
    }
    if (chosen == Types.UNKNOWN) {
      return next;
    }
    char category = TypeCategory.of(chosen);
    if (TypeCategory.of(next) != category) {
      return 0;
    }
    boolean take =
        !TypeCategory.isPreferred(category, chosen)
            && CoercionPath.find(next, chosen, CoercionContext.IMPLICIT).exists()
            && !CoercionPath.find(chosen, next, CoercionContext.IMPLICIT).exists();
    return take ? next : chosen;
  }
}
