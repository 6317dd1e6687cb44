package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// An explicit frame. `between` tells whether its end was written.
public record WindowFrame(
    Mode mode,
    boolean between,
    Bound start,
    @Nullable Expr startOffset,
    Bound end,
    @Nullable Expr endOffset,
    Exclusion exclusion)
    implements Node {
  public enum Mode {
    RANGE,
    ROWS,
    GROUPS
  }

  public enum Bound {
    UNBOUNDED_PRECEDING,
    OFFSET_PRECEDING,
    CURRENT_ROW,
    OFFSET_FOLLOWING,
    UNBOUNDED_FOLLOWING
  }

  public enum Exclusion {
    NONE,
    CURRENT_ROW,
    GROUP,
    TIES
  }
}
