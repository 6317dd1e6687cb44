package dev.lifeline.parser.tree;

import java.util.List;

/// An item of GROUP BY that is more than an expression.
public record GroupingSet(Kind kind, List<Expr> content, int location) implements Expr {
  public enum Kind {
    EMPTY,
    ROLLUP,
    CUBE,
    SETS
  }
}
