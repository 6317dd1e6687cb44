package dev.lifeline.executor.expr;

import java.util.List;

/// A cast of an array, element by element.
///
/// @param elementExpr converts one element, which it sees as a [CaseTestExpr]
public record ArrayCoerceExpr(
    Expression arg,
    Expression elementExpr,
    int type,
    int typmod,
    FuncExpr.Form form,
    ParseLoc location)
    implements Expression {
  @Override
  public List<Expression> children() {
    return List.of(arg, elementExpr);
  }

  @Override
  public ArrayCoerceExpr withChildren(List<Expression> children) {
    return new ArrayCoerceExpr(children.get(0), children.get(1), type, typmod, form, location);
  }
}
