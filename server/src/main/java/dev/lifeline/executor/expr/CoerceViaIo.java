package dev.lifeline.executor.expr;

import java.util.List;

/// A cast by way of the text form: output of the one type, input of the other.
public record CoerceViaIo(Expression arg, int type, FuncExpr.Form form, ParseLoc location)
    implements Expression {
  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return List.of(arg);
  }

  @Override
  public CoerceViaIo withChildren(List<Expression> children) {
    return new CoerceViaIo(children.get(0), type, form, location);
  }
}
