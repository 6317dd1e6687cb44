package dev.lifeline.executor.expr;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `array[i]`, `array[i][j]`, `array[i:j]`.
///
/// @param slice whether any subscript is a range, which makes the result an array
public record SubscriptingRef(
    int type,
    int typmod,
    Expression container,
    boolean slice,
    List<Subscript> subscripts,
    ParseLoc location)
    implements Expression {
  public SubscriptingRef {
    subscripts = List.copyOf(subscripts);
  }

  /// One subscript: `[upper]` alone, or the range `[lower:upper]` either end of which may be open.
  public record Subscript(@Nullable Expression lower, @Nullable Expression upper) {}

  @Override
  public List<Expression> children() {
    List<Expression> children = new ArrayList<>();
    children.add(container);
    for (Subscript subscript : subscripts) {
      Expression lower = subscript.lower();
      Expression upper = subscript.upper();
      if (lower != null) {
        children.add(lower);
      }
      if (upper != null) {
        children.add(upper);
      }
    }
    return children;
  }

  @Override
  public SubscriptingRef withChildren(List<Expression> children) {
    Iterator<Expression> next = children.iterator();
    Expression newContainer = next.next();
    List<Subscript> newSubscripts =
        subscripts.stream()
            .map(s ->
                new Subscript(
                    s.lower() == null ? null : next.next(), s.upper() == null ? null : next.next()))
            .toList();
    return new SubscriptingRef(type, typmod, newContainer, slice, newSubscripts, location);
  }
}
