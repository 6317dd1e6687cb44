package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.RangeEntry;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A FROM clause taken apart: the entries to join, the conditions with the entries that must be
/// joined before each can be checked, and the joins that are not inner ones, which limit the order.
/// Sets of entries are bits of a long.
final class JoinProblem {
  static final int ENTRIES_MAX = 62;

  /// A condition.
  ///
  /// @param relids the entries that must be joined first
  /// @param outerJoin the outer, semi or anti join whose ON it belongs to, or null
  record Condition(Expression expr, long relids, @Nullable SpecialJoin outerJoin) {}

  /// A join that is not an inner one. It may be done as soon as one side has all of `minLeft` and
  /// the other is made of entries of `right`, all of `minRight` among them.
  static final class SpecialJoin {
    final FromItem.Type type;
    final long left;
    final long right;
    long minLeft;
    long minRight;

    SpecialJoin(FromItem.Type type, long left, long right) {
      this.type = type;
      this.left = left;
      this.right = right;
      this.minLeft = left;
      this.minRight = right;
    }

    long all() {
      return minLeft | minRight;
    }
  }

  final List<RangeEntry> entries = new ArrayList<>();
  final Map<Integer, Integer> bitOf = new HashMap<>();
  final List<Condition> conditions = new ArrayList<>();
  final List<SpecialJoin> specialJoins = new ArrayList<>();

  JoinProblem(List<FromItem> from, @Nullable Expression where) {
    Set<Integer> notNull = new HashSet<>();
    for (Expression condition : Clauses.conjuncts(where)) {
      notNull.addAll(Clauses.rejectsNullsOf(condition));
    }
    List<FromItem> reduced = from.stream().map(item -> reduce(item, notNull)).toList();
    reduced.forEach(this::number);
    for (FromItem item : reduced) {
      deconstruct(item, false);
    }
    for (Expression condition : Clauses.conjuncts(where)) {
      addInner(condition);
    }
  }

  /// An outer join is an inner one where a condition above it throws away the rows that it fills up
  /// with nulls.
  private static FromItem reduce(FromItem item, Set<Integer> notNull) {
    if (!(item instanceof FromItem.Join join)) {
      return item;
    }
    FromItem.Type type = join.type();
    if (type == FromItem.Type.LEFT && rangesOf(join.right()).stream().anyMatch(notNull::contains)) {
      type = FromItem.Type.INNER;
    }
    if (type == FromItem.Type.FULL) {
      boolean leftNotNull = rangesOf(join.left()).stream().anyMatch(notNull::contains);
      boolean rightNotNull = rangesOf(join.right()).stream().anyMatch(notNull::contains);
      if (leftNotNull && rightNotNull) {
        type = FromItem.Type.INNER;
      } else if (leftNotNull) {
        type = FromItem.Type.LEFT;
      } else if (rightNotNull) {
        return reduce(turned(join), notNull);
      }
    }
    Set<Integer> leftNotNull = new HashSet<>(notNull);
    Set<Integer> rightNotNull = new HashSet<>(notNull);
    if (type == FromItem.Type.INNER || type == FromItem.Type.SEMI) {
      for (Expression condition : Clauses.conjuncts(join.condition())) {
        leftNotNull.addAll(Clauses.rejectsNullsOf(condition));
        rightNotNull.addAll(Clauses.rejectsNullsOf(condition));
      }
    } else if (type == FromItem.Type.LEFT) {
      rightNotNull = new HashSet<>();
      for (Expression condition : Clauses.conjuncts(join.condition())) {
        rightNotNull.addAll(Clauses.rejectsNullsOf(condition));
      }
    } else {
      leftNotNull = new HashSet<>();
      rightNotNull = new HashSet<>();
    }
    return new FromItem.Join(
        type,
        reduce(join.left(), leftNotNull),
        reduce(join.right(), rightNotNull),
        join.condition());
  }

  private static FromItem turned(FromItem.Join join) {
    FromItem preserved = join.right();
    FromItem filledUp = join.left();
    return new FromItem.Join(FromItem.Type.LEFT, preserved, filledUp, join.condition());
  }

  private static Set<Integer> rangesOf(FromItem item) {
    Set<Integer> result = new HashSet<>();
    switch (item) {
      case FromItem.Entry entry -> result.add(entry.range().id());
      case FromItem.Join join -> {
        result.addAll(rangesOf(join.left()));
        result.addAll(rangesOf(join.right()));
      }
    }
    return result;
  }

  private void number(FromItem item) {
    switch (item) {
      case FromItem.Entry entry -> {
        if (entries.size() >= ENTRIES_MAX) {
          throw PgException.notSupported("a join of more than " + ENTRIES_MAX + " tables");
        }
        bitOf.put(entry.range().id(), entries.size());
        entries.add(entry.range());
      }
      case FromItem.Join join -> {
        number(join.left());
        number(join.right());
      }
    }
  }

  /// Returns the entries of the item.
  ///
  /// @param filledUp whether a join above gives rows with nulls where the item has none
  private long deconstruct(FromItem item, boolean filledUp) {
    if (item instanceof FromItem.Entry entry) {
      Integer bit = bitOf.get(entry.range().id());
      return bit == null ? 0 : 1L << bit;
    }
    FromItem.Join join = (FromItem.Join) item;
    long left = deconstruct(join.left(), filledUp || join.type() == FromItem.Type.FULL);
    long right = deconstruct(join.right(), filledUp || fillsUpRight(join.type()));
    if (join.type() == FromItem.Type.INNER) {
      for (Expression condition : Clauses.conjuncts(join.condition())) {
        if (filledUp && relids(condition) == 0) {
          // A constant decides for all rows of this join, but not for those of the one above.
          conditions.add(new Condition(condition, left | right, null));
        } else {
          addInner(condition);
        }
      }
      return left | right;
    }
    SpecialJoin special = new SpecialJoin(join.type(), left, right);
    limit(special, join.condition());
    for (Expression condition : Clauses.conjuncts(join.condition())) {
      addOuter(condition, special);
    }
    specialJoins.add(special);
    return left | right;
  }

  private static boolean fillsUpRight(FromItem.Type type) {
    return type == FromItem.Type.LEFT || type == FromItem.Type.FULL || type == FromItem.Type.ANTI;
  }

  /// How much of the left side the join really needs: the entries that its conditions name. A full
  /// join needs all of both.
  private void limit(SpecialJoin special, @Nullable Expression condition) {
    if (special.type == FromItem.Type.FULL || condition == null) {
      return;
    }
    long named = 0;
    boolean strict = false;
    for (Expression conjunct : Clauses.conjuncts(condition)) {
      named |= relids(conjunct);
      strict |=
          Clauses.rejectsNullsOf(conjunct).stream()
              .anyMatch(range -> (bit(range) & special.left) != 0);
    }
    long needed = named & special.left;
    if (needed == 0 || !strict) {
      return;
    }
    for (SpecialJoin lower : specialJoins) {
      if ((lower.right & needed) != 0
          || (lower.type == FromItem.Type.FULL && (lower.left & needed) != 0)) {
        needed |= (lower.left | lower.right) & special.left;
      }
    }
    special.minLeft = needed;
  }

  /// A condition that all rows must fulfil. Above an outer join it is checked after that, because
  /// it sees the nulls.
  private void addInner(Expression condition) {
    long relids = relids(condition);
    boolean grown = true;
    while (grown) {
      grown = false;
      for (SpecialJoin lower : specialJoins) {
        boolean sees =
            switch (lower.type) {
              case LEFT -> (relids & lower.right) != 0;
              case FULL -> (relids & (lower.left | lower.right)) != 0;
              default -> false;
            };
        if (sees && (lower.all() & ~relids) != 0) {
          relids |= lower.all();
          grown = true;
        }
      }
    }
    conditions.add(new Condition(condition, relids, null));
  }

  private void addOuter(Expression condition, SpecialJoin special) {
    long relids = relids(condition);
    boolean onlyRight = relids != 0 && (relids & ~special.right) == 0;
    if (onlyRight && special.type != FromItem.Type.FULL) {
      addInner(condition);
      return;
    }
    conditions.add(new Condition(condition, relids | special.all(), special));
  }

  private long bit(int range) {
    Integer bit = bitOf.get(range);
    return bit == null ? 0 : 1L << bit;
  }

  long relids(Expression expr) {
    long result = 0;
    for (int range : Clauses.ranges(expr)) {
      result |= bit(range);
    }
    return result;
  }
}
