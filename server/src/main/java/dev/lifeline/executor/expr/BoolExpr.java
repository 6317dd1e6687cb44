package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `AND`, `OR` over any number of operands, `NOT` over one.
public record BoolExpr(Kind kind, List<Expression> args, ParseLoc location) implements Expression {
  public BoolExpr {
    args = List.copyOf(args);
  }

  /// Which one.
  public enum Kind {
    AND,
    OR,
    NOT
  }

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
    return args;
  }

  @Override
  public BoolExpr withChildren(List<Expression> children) {
    return new BoolExpr(kind, children, location);
  }
}
