package dev.lifeline.executor.expr;

import java.util.List;

/// An operator over one or two operands.
///
/// @param operator the oid in `pg_operator`
/// @param function the function behind it
public record OpExpr(
    int operator,
    int function,
    int type,
    boolean returnsSet,
    List<Expression> args,
    ParseLoc location)
    implements Expression {
  public OpExpr {
    args = List.copyOf(args);
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
  public OpExpr withChildren(List<Expression> children) {
    return new OpExpr(operator, function, type, returnsSet, children, location);
  }
}
