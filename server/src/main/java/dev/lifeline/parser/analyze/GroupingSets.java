package dev.lifeline.parser.analyze;

import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.GroupingSet;
import dev.lifeline.parser.tree.RowExpr;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.function.ToIntFunction;

/// What a GROUP BY with GROUPING SETS, ROLLUP or CUBE stands for: a list of sets of targets, each
/// of which is grouped by as if it stood alone. The items of the clause are multiplied with each
/// other.
final class GroupingSets {
  private static final int SETS_MAX = 4096;
  private static final int CUBE_ELEMENTS_MAX = 12;

  /// Finds the target that an expression of the clause means.
  private final ToIntFunction<Expr> target;

  GroupingSets(ToIntFunction<Expr> target) {
    this.target = target;
  }

  /// The sets that a GROUP BY clause stands for.
  ///
  /// @param distinct whether a set that is there already is left out
  /// @return the larger ones first
  List<List<Integer>> expand(List<Expr> clause, boolean distinct) {
    List<List<Integer>> product = List.of(List.of());
    for (Expr item : clause) {
      List<List<Integer>> sets = sets(item);
      if ((long) product.size() * sets.size() > SETS_MAX) {
        throw PgException.error(
                SqlState.STATEMENT_TOO_COMPLEX,
                "too many grouping sets present (maximum %d)",
                SETS_MAX)
            .at(item.location());
      }
      List<List<Integer>> next = new ArrayList<>();
      for (List<Integer> left : product) {
        sets.forEach(right -> next.add(union(List.of(left, right))));
      }
      product = next;
    }
    List<List<Integer>> result = new ArrayList<>();
    LinkedHashSet<List<Integer>> seen = new LinkedHashSet<>();
    for (List<Integer> set : product) {
      if (seen.add(set.stream().sorted().toList()) || !distinct) {
        result.add(set);
      }
    }
    result.sort(Comparator.comparingInt((List<Integer> set) -> set.size()).reversed());
    return result;
  }

  private List<List<Integer>> sets(Expr item) {
    if (!(item instanceof GroupingSet set)) {
      return List.of(element(item));
    }
    return switch (set.kind()) {
      case EMPTY -> List.of(List.of());
      case ROLLUP -> rollup(set.content().stream().map(this::element).toList());
      case CUBE -> cube(set);
      case SETS -> set.content().stream().flatMap(part -> sets(part).stream()).toList();
    };
  }

  /// An expression, or several in parentheses that go together.
  private List<Integer> element(Expr expr) {
    if (expr instanceof RowExpr row && row.implicit()) {
      return union(row.args().stream().map(this::element).toList());
    }
    return List.of(target.applyAsInt(expr));
  }

  private static List<List<Integer>> rollup(List<List<Integer>> elements) {
    List<List<Integer>> sets = new ArrayList<>();
    for (int length = elements.size(); length >= 0; length--) {
      sets.add(union(elements.subList(0, length)));
    }
    return sets;
  }

  private List<List<Integer>> cube(GroupingSet cube) {
    List<List<Integer>> elements = cube.content().stream().map(this::element).toList();
    if (elements.size() > CUBE_ELEMENTS_MAX) {
      throw PgException.error(
              SqlState.TOO_MANY_COLUMNS, "CUBE is limited to %d elements", CUBE_ELEMENTS_MAX)
          .at(cube.location());
    }
    List<List<Integer>> sets = new ArrayList<>();
    for (int bits = (1 << elements.size()) - 1; bits >= 0; bits--) {
      List<List<Integer>> chosen = new ArrayList<>();
      for (int i = 0; i < elements.size(); i++) {
        if ((bits & 1 << (elements.size() - 1 - i)) != 0) {
          chosen.add(elements.get(i));
        }
      }
      sets.add(union(chosen));
    }
    return sets;
  }

  private static List<Integer> union(List<List<Integer>> parts) {
    LinkedHashSet<Integer> all = new LinkedHashSet<>();
    parts.forEach(all::addAll);
    return List.copyOf(all);
  }
}
