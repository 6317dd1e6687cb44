package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `IS [NOT] TRUE`, `FALSE`, `UNKNOWN`.
public record BooleanTest(Expression arg, Kind kind, ParseLoc location) implements Expression {
  /// Which one.
  public enum Kind {
    IS_TRUE,
    IS_NOT_TRUE,
    IS_FALSE,
    IS_NOT_FALSE,
    IS_UNKNOWN,
    IS_NOT_UNKNOWN
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
    return List.of(arg);
  }

  @Override
  public BooleanTest withChildren(List<Expression> children) {
    return new BooleanTest(children.get(0), kind, location);
  }
}
