package dev.lifeline.executor.node;

import dev.lifeline.parser.tree.WindowFrame.Bound;
import dev.lifeline.parser.tree.WindowFrame.Exclusion;
import dev.lifeline.parser.tree.WindowFrame.Mode;
import dev.lifeline.utils.adt.TypeOps;
import org.jspecify.annotations.Nullable;

/// A frame clause, compiled. A column number is -1 where there is no such column.
///
/// @param startOffset the column of the offset of the frame's start, the same in all rows
/// @param range with RANGE and an offset, what is compared
public record WindowFrameSpec(
    Mode mode,
    Bound start,
    int startOffset,
    Bound end,
    int endOffset,
    Exclusion exclusion,
    @Nullable Range range) {
  /// The columns of a RANGE with an offset: the key, the key moved by each offset, and whether an
  /// offset is negative.
  public record Range(
      int key,
      int start,
      int startNegative,
      int end,
      int endNegative,
      TypeOps ops,
      boolean descending,
      boolean nullsFirst) {}
}
