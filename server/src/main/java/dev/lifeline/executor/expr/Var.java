package dev.lifeline.executor.expr;

import java.util.List;

/// A column of a relation in the range table: what analysis has for a column. The planner replaces
/// it by a [ColumnRef] before anything is evaluated.
///
/// @param varno the range table entry, from 1
/// @param attno the column, from 1; 0 is the whole row, below are system columns
/// @param levelsUp how many queries outwards the range table is
public record Var(int varno, int attno, int levelsUp, int type, int typmod, ParseLoc location)
    implements Expression {
  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public Var withChildren(List<Expression> children) {
    return this;
  }
}
