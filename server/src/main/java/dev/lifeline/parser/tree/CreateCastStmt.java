package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// CREATE CAST.
public record CreateCastStmt(
    TypeName sourcetype,
    TypeName targettype,
    @Nullable ObjectWithArgs func,
    Context context,
    boolean inout)
    implements Stmt {
  public enum Context {
    IMPLICIT,
    ASSIGNMENT,
    EXPLICIT
  }
}
