package dev.lifeline.executor.expr;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call of an aggregate. The planner replaces it by a [ColumnRef] into the aggregation's result.
///
/// @param function the oid in `pg_proc`
/// @param argTypes the types of `args`
/// @param star whether it was written as `count(*)`
/// @param filter the condition after FILTER, or null
/// @param levelsUp how many queries outwards it is computed
public record Aggref(
    int function,
    int type,
    List<Integer> argTypes,
    List<Expression> args,
    boolean star,
    boolean distinct,
    List<SortKey> orderBy,
    @Nullable Expression filter,
    int levelsUp,
    ParseLoc location)
    implements Expression {
  public Aggref {
    argTypes = List.copyOf(argTypes);
    args = List.copyOf(args);
    orderBy = List.copyOf(orderBy);
  }

  @Override
  public int typmod() {
    return -1;
  }

  @Override
  public List<Expression> children() {
    List<Expression> children = new ArrayList<>(args);
    orderBy.forEach(key -> children.add(key.expression()));
    if (filter != null) {
      children.add(filter);
    }
    return children;
  }

  @Override
  public Aggref withChildren(List<Expression> children) {
    Iterator<Expression> next = children.iterator();
    List<Expression> newArgs = args.stream().map(arg -> next.next()).toList();
    List<SortKey> newOrderBy =
        orderBy.stream()
            .map(k -> new SortKey(next.next(), k.descending(), k.nullsFirst()))
            .toList();
    Expression newFilter = filter == null ? null : next.next();
    return new Aggref(
        function,
        type,
        argTypes,
        newArgs,
        star,
        distinct,
        newOrderBy,
        newFilter,
        levelsUp,
        location);
  }
}
