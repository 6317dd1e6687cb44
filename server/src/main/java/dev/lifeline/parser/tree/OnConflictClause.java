package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// `ON CONFLICT ...`.
public record OnConflictClause(
    Action action,
    @Nullable InferClause infer,
    List<ResTarget> targetList,
    @Nullable Expr whereClause,
    int location)
    implements Node {
  public enum Action {
    NOTHING,
    UPDATE
  }
}
