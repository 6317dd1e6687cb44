package dev.lifeline.executor.expr;

import java.util.List;

/// A cast between types that are the same in memory.
public record RelabelType(
    Expression arg, int type, int typmod, FuncExpr.Form form, ParseLoc location)
    implements Expression {
  @Override
  public List<Expression> children() {
    return List.of(arg);
  }

  @Override
  public RelabelType withChildren(List<Expression> children) {
    return new RelabelType(children.get(0), type, typmod, form, location);
  }
}
