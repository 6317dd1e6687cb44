package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// SET and RESET. The special multi-variable forms (`SET TRANSACTION`) have [DefElem] arguments,
/// the others [AConst] or [TypeCast] ones.
public record VariableSetStmt(
    Kind kind, @Nullable String name, List<? extends Node> args, boolean isLocal) implements Stmt {
  public enum Kind {
    VALUE,
    DEFAULT,
    CURRENT,
    MULTI,
    RESET,
    RESET_ALL
  }
}
