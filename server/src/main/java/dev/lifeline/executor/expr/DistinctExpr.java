package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `a IS DISTINCT FROM b`; with `not`, `a IS NOT DISTINCT FROM b`.
///
/// @param operator the `=` of the operands' types
public record DistinctExpr(
    int operator, int function, boolean not, Expression left, Expression right, ParseLoc location)
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
    return List.of(left, right);
  }

  @Override
  public DistinctExpr withChildren(List<Expression> children) {
    return new DistinctExpr(operator, function, not, children.get(0), children.get(1), location);
  }
}
