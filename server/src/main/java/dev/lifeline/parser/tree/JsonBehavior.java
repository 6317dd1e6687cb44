package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// What a JSON query function does `ON EMPTY` and `ON ERROR`.
public record JsonBehavior(Type type, @Nullable Expr expr, int location) implements Node {
  public enum Type {
    NULL,
    ERROR,
    EMPTY,
    TRUE,
    FALSE,
    UNKNOWN,
    EMPTY_ARRAY,
    EMPTY_OBJECT,
    DEFAULT
  }
}
