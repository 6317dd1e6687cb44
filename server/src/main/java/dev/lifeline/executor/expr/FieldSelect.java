package dev.lifeline.executor.expr;

import java.util.List;

/// `(record).name`.
///
/// @param field its number, from 0
public record FieldSelect(Expression record, int field, String name, int type, ParseLoc location)
    implements Expression {
  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return List.of(record);
  }

  @Override
  public FieldSelect withChildren(List<Expression> children) {
    return new FieldSelect(children.getFirst(), field, name, type, location);
  }
}
