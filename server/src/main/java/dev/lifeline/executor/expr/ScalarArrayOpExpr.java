package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `scalar op ANY (array)` and `scalar op ALL (array)`; `x IN (1, 2, 3)` is one, too.
///
/// @param operator an operator with a boolean result over the scalar and the array's elements
/// @param useOr true for ANY, false for ALL
public record ScalarArrayOpExpr(
    int operator,
    int function,
    boolean useOr,
    Expression scalar,
    Expression array,
    ParseLoc location)
    implements Expression {
  @Override
  public int type() {
    return Types.BOOL;
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return List.of(scalar, array);
  }

  @Override
  public ScalarArrayOpExpr withChildren(List<Expression> children) {
    return new ScalarArrayOpExpr(
        operator, function, useOr, children.get(0), children.get(1), location);
  }
}
