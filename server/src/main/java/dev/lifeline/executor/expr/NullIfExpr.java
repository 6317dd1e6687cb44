package dev.lifeline.executor.expr;

import java.util.List;

/// `NULLIF(a, b)`.
///
/// @param operator the `=` of the operands' types
public record NullIfExpr(
    int operator,
    int function,
    int type,
    int typmod,
    Expression left,
    Expression right,
    ParseLoc location)
    implements Expression {
  @Override
  public List<Expression> children() {
    return List.of(left, right);
  }

  @Override
  public NullIfExpr withChildren(List<Expression> children) {
    return new NullIfExpr(
        operator, function, type, typmod, children.get(0), children.get(1), location);
  }
}
