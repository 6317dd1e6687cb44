package dev.lifeline.executor.expr;

import java.util.List;

/// A column of the rows that an operator has at hand.
///
/// @param input 0 for the only or outer input, 1 for the inner input of a join
/// @param column the index in the input's batch
public record ColumnRef(int input, int column, int type, int typmod, ParseLoc location)
    implements Expression {
  /// A column of the only input.
  public static ColumnRef of(int column, int type, int typmod) {
    return new ColumnRef(0, column, type, typmod, ParseLoc.NONE);
  }

  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public ColumnRef withChildren(List<Expression> children) {
    return this;
  }
}
