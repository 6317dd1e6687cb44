package dev.lifeline.parser.tree;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// An operator, or one of the forms that are built like one. IN has an [ExprList] at its right,
/// BETWEEN one of two; a prefix operator has no left side.
public record AExpr(
    Kind kind, List<String> name, @Nullable Expr lexpr, @Nullable Expr rexpr, int location)
    implements Expr {
  public enum Kind {
    OP,
    OP_ANY,
    OP_ALL,
    DISTINCT,
    NOT_DISTINCT,
    NULLIF,
    IN,
    LIKE,
    ILIKE,
    SIMILAR,
    BETWEEN,
    NOT_BETWEEN,
    BETWEEN_SYM,
    NOT_BETWEEN_SYM
  }
}
