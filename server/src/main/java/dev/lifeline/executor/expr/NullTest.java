package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `IS NULL` and `IS NOT NULL`.
///
/// @param isNull true for `IS NULL`, false for `IS NOT NULL`
public record NullTest(Expression arg, boolean isNull, ParseLoc location) implements Expression {
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
  public NullTest withChildren(List<Expression> children) {
    return new NullTest(children.get(0), isNull, location);
  }
}
