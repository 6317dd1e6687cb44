package dev.lifeline.executor.expr;

import dev.lifeline.utils.adt.Types;
import java.util.List;

/// `GROUPING(...)`: a bit for each argument, the first one's the highest, which is 1 where the row
/// is of a grouping set that the argument is not in. The aggregation computes it with its groups.
public record GroupingExpr(List<Expression> args, ParseLoc location) implements Expression {
  public GroupingExpr {
    args = List.copyOf(args);
  }

  @Override
  public int type() {
    return Types.INT4;
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    return args;
  }

  @Override
  public GroupingExpr withChildren(List<Expression> children) {
    return new GroupingExpr(children, location);
  }
}
