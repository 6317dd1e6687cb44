package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A WHEN clause of MERGE.
public record MergeWhenClause(
    MergeMatchKind matchKind,
    Action action,
    OverridingKind override,
    @Nullable Expr condition,
    List<ResTarget> targetList,
    List<Expr> values)
    implements Node {
  public enum Action {
    INSERT,
    UPDATE,
    DELETE,
    NOTHING
  }
}
