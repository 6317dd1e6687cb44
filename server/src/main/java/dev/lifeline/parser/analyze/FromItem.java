package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import org.jspecify.annotations.Nullable;

/// How the entries of a FROM clause are joined.
public sealed interface FromItem {
  /// Its first entry.
  default RangeEntry first() {
    return switch (this) {
      case Entry entry -> entry.range();
      case Join join -> join.left().first();
    };
  }

  /// One entry.
  record Entry(RangeEntry range) implements FromItem {}

  /// A join; a RIGHT JOIN has been turned round into a LEFT one.
  ///
  /// @param condition null for a cross join
  record Join(Type type, FromItem left, FromItem right, @Nullable Expression condition)
      implements FromItem {}

  /// The kinds of joins. The last two come from subqueries in WHERE, when the planner turns them
  /// into joins.
  enum Type {
    INNER,
    LEFT,
    FULL,
    SEMI,
    ANTI
  }
}
