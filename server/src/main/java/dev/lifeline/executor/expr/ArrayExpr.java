package dev.lifeline.executor.expr;

import java.util.List;

/// `ARRAY[...]`.
///
/// @param multidimensional whether the elements are arrays that become its next dimension
public record ArrayExpr(
    int type,
    int elementType,
    boolean multidimensional,
    List<Expression> elements,
    ParseLoc location)
    implements Expression {
  public ArrayExpr {
    elements = List.copyOf(elements);
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return elements;
  }

  @Override
  public ArrayExpr withChildren(List<Expression> children) {
    return new ArrayExpr(type, elementType, multidimensional, children, location);
  }
}
