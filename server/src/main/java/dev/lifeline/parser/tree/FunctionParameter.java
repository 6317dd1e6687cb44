package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// A parameter of a function.
public record FunctionParameter(
    @Nullable String name, TypeName argType, Mode mode, @Nullable Expr defexpr, int location)
    implements Node {
  public enum Mode {
    DEFAULT,
    IN,
    OUT,
    INOUT,
    VARIADIC,
    TABLE
  }
}
