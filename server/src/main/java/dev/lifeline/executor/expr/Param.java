package dev.lifeline.executor.expr;

import java.util.List;

/// A parameter: `$1` of a prepared statement, or a value that the executor sets, as an outer query
/// does for a correlated subquery.
///
/// @param index from 0 for both kinds: `$1` has index 0
public record Param(Kind kind, int index, int type, int typmod, ParseLoc location)
    implements Expression {
  /// Who gives the value.
  public enum Kind {
    /// The client, with Bind.
    EXTERN,
    /// The executor.
    EXEC
  }

  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public Param withChildren(List<Expression> children) {
    return this;
  }
}
