package dev.lifeline.executor.expr;

import java.util.List;

/// `COALESCE(...)`.
public record CoalesceExpr(int type, int typmod, List<Expression> args, ParseLoc location)
    implements Expression {
  public CoalesceExpr {
    args = List.copyOf(args);
  }

  @Override
  public List<Expression> children() {
    return args;
  }

  @Override
  public CoalesceExpr withChildren(List<Expression> children) {
    return new CoalesceExpr(type, typmod, children, location);
  }
}
