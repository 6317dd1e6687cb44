package dev.lifeline.parser.tree;

import org.jspecify.annotations.Nullable;

/// `expr IS JSON [type] [WITH UNIQUE KEYS]`.
public record JsonIsPredicate(
    Expr expr, @Nullable JsonFormat format, Item item, boolean uniqueKeys, int location)
    implements Expr {
  public enum Item {
    ANY,
    OBJECT,
    ARRAY,
    SCALAR
  }
}
