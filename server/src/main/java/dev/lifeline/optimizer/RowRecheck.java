package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.SubLinkExpr;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What has to be looked at again when a row of a join turns out to have a newer version: the other
/// tables' rows stay as they were found.
///
/// @param condition what the joined row must fulfil: WHERE, and the conditions of inner joins
/// @param outer the outer joins, from the inside outwards
public record RowRecheck(@Nullable Expression condition, List<OuterJoin> outer) {
  public RowRecheck {
    outer = List.copyOf(outer);
  }

  /// A LEFT JOIN.
  ///
  /// @param nullable the entries on its right side, whose columns are null where the condition does
  ///   not hold
  public record OuterJoin(Expression condition, Set<Integer> nullable) {
    public OuterJoin {
      nullable = Set.copyOf(nullable);
    }
  }

  static RowRecheck of(Query.Select select) {
    List<Expression> conditions = new ArrayList<>();
    List<OuterJoin> outer = new ArrayList<>();
    if (select.where() != null) {
      conditions.add(select.where());
    }
    select.from().forEach(item -> collect(item, conditions, outer));
    return new RowRecheck(Clauses.and(conditions), outer);
  }

  private static void collect(FromItem item, List<Expression> conditions, List<OuterJoin> outer) {
    if (!(item instanceof FromItem.Join join)) {
      return;
    }
    collect(join.left(), conditions, outer);
    if (join.type() == FromItem.Type.INNER) {
      collect(join.right(), conditions, outer);
    }
    Expression condition = join.condition();
    if (condition == null || condition.anyMatch(node -> node instanceof SubLinkExpr)) {
      return;
    }
    switch (join.type()) {
      case INNER -> conditions.add(condition);
      case LEFT -> {
        Set<Integer> nullable = new HashSet<>();
        entries(join.right(), nullable);
        outer.add(new OuterJoin(condition, nullable));
      }
      // No row of either side of a full join can be locked; of the others' right sides nothing is
      // left in the result.
      case FULL, SEMI, ANTI -> {}
    }
  }

  private static void entries(FromItem item, Set<Integer> ids) {
    switch (item) {
      case FromItem.Entry entry -> ids.add(entry.range().id());
      case FromItem.Join join -> {
        entries(join.left(), ids);
        entries(join.right(), ids);
      }
    }
  }

  /// All conditions: what their columns are must be in the joined row.
  List<Expression> expressions() {
    List<Expression> all = new ArrayList<>();
    if (condition != null) {
      all.add(condition);
    }
    outer.forEach(join -> all.add(join.condition()));
    return all;
  }
}
