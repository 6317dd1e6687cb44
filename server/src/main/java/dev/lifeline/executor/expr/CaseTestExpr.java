package dev.lifeline.executor.expr;

import java.util.List;

/// The value of the innermost enclosing [CaseExpr]'s argument, or of the element that an
/// [ArrayCoerceExpr] is converting.
public record CaseTestExpr(int type, int typmod, ParseLoc location) implements Expression {
  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public CaseTestExpr withChildren(List<Expression> children) {
    return this;
  }
}
