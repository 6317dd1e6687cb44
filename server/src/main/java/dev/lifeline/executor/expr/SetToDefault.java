package dev.lifeline.executor.expr;

import java.util.List;

/// `DEFAULT` in an INSERT or UPDATE. The planner replaces it by the column's default.
public record SetToDefault(int type, int typmod, ParseLoc location) implements Expression {
  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public SetToDefault withChildren(List<Expression> children) {
    return this;
  }
}
