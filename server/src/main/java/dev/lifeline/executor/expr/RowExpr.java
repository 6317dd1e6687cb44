package dev.lifeline.executor.expr;

import java.util.List;

/// `ROW(...)`.
public record RowExpr(int type, List<Expression> fields, ParseLoc location) implements Expression {
  public RowExpr {
    fields = List.copyOf(fields);
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return fields;
  }

  @Override
  public RowExpr withChildren(List<Expression> children) {
    return new RowExpr(type, children, location);
  }
}
