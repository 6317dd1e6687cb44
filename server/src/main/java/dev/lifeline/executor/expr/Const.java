package dev.lifeline.executor.expr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A constant.
///
/// @param value as its type holds it: a Long, a Double or an object of the type's class; null is
///   NULL
public record Const(int type, int typmod, @Nullable Object value, ParseLoc location)
    implements Expression {
  /// A constant that nobody wrote.
  public static Const of(int type, @Nullable Object value) {
    return new Const(type, -1, value, ParseLoc.NONE);
  }

  public static Const nullOf(int type) {
    return of(type, null);
  }

  public boolean isNull() {
    return value == null;
  }

  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public Const withChildren(List<Expression> children) {
    return this;
  }
}
