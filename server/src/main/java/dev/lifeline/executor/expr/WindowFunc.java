package dev.lifeline.executor.expr;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call of a window function, or of an aggregate over a window. The planner replaces it.
///
/// @param window which of the query's windows
public record WindowFunc(
    int function,
    int type,
    List<Expression> args,
    boolean star,
    boolean aggregate,
    @Nullable Expression filter,
    int window,
    ParseLoc location)
    implements Expression {
  public WindowFunc {
    args = List.copyOf(args);
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    if (filter == null) {
      return args;
    }
    List<Expression> children = new ArrayList<>(args);
    children.add(filter);
    return children;
  }

  @Override
  public WindowFunc withChildren(List<Expression> children) {
    return new WindowFunc(
        function,
        type,
        children.subList(0, args.size()),
        star,
        aggregate,
        filter == null ? null : children.get(args.size()),
        window,
        location);
  }
}
