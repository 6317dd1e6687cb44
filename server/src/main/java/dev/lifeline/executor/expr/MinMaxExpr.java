package dev.lifeline.executor.expr;

import java.util.List;

/// `GREATEST(...)` and `LEAST(...)`: nulls do not count.
public record MinMaxExpr(
    boolean greatest, int type, int typmod, List<Expression> args, ParseLoc location)
    implements Expression {
  public MinMaxExpr {
    args = List.copyOf(args);
  }

  @Override
  public List<Expression> children() {
    return args;
  }

  @Override
  public MinMaxExpr withChildren(List<Expression> children) {
    return new MinMaxExpr(greatest, type, typmod, children, location);
  }
}
