package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.Query;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Plans GROUP BY, HAVING and aggregates: by hashing, or by sorting where that is cheaper because
/// the order is there already or wanted anyway.
final class GroupPlanner {
  private final PlannerContext context;

  GroupPlanner(PlannerContext context) {
    this.context = context;
  }

  Plan group(Plan input, Query.Select select, List<SortItem> orderBy) {
    List<Expression> groupBy = new ArrayList<>();
    for (int target : select.groupBy()) {
      Expression expr = select.targets().get(target).expr();
      if (!groupBy.contains(expr)) {
        groupBy.add(expr);
      }
    }
    select.targets().forEach(target -> addDependent(target.expr(), groupBy));
    if (select.having() != null) {
      addDependent(select.having(), groupBy);
    }
    List<Expression> windowKeys =
        select.windows().stream().flatMap(window -> window.expressions().stream()).toList();
    windowKeys.forEach(key -> addDependent(key, groupBy));
    List<Aggref> aggregates = new ArrayList<>();
    select.targets().forEach(target -> SubLinkPlanner.collectAggregates(target.expr(), aggregates));
    if (select.having() != null) {
      SubLinkPlanner.collectAggregates(select.having(), aggregates);
    }
    windowKeys.forEach(key -> SubLinkPlanner.collectAggregates(key, aggregates));
    List<GroupingExpr> groupings = groupings(select);
    if (!select.groupingSets().isEmpty() || !groupings.isEmpty()) {
      return bySets(input, groupBy, aggregates, groupings, select);
    }
    return groupBy.isEmpty()
        ? plain(input, aggregates, select)
        : byKeys(input, groupBy, aggregates, select, orderBy);
  }

  private static List<GroupingExpr> groupings(Query.Select select) {
    List<Expression> readers = new ArrayList<>();
    select.targets().forEach(target -> readers.add(target.expr()));
    if (select.having() != null) {
      readers.add(select.having());
    }
    select.windows().forEach(window -> readers.addAll(window.expressions()));
    List<GroupingExpr> found = new ArrayList<>();
    for (Expression reader : readers) {
      reader.anyMatch(node -> {
        if (node instanceof GroupingExpr grouping && !found.contains(grouping)) {
          found.add(grouping);
        }
        return false;
      });
    }
    return found;
  }

  /// Every set is grouped by hashing, all in one pass over the input. What depends on the primary
  /// key of a table is in every set, as that key is.
  private Plan bySets(
      Plan input,
      List<Expression> groupBy,
      List<Aggref> aggregates,
      List<GroupingExpr> groupings,
      Query.Select select) {
    List<List<Integer>> sets = new ArrayList<>();
    Set<Expression> written = new HashSet<>();
    select.groupBy().forEach(target -> written.add(select.targets().get(target).expr()));
    for (List<Integer> set : select.groupingSets()) {
      List<Integer> keys = new ArrayList<>();
      for (int target : set) {
        int key = groupBy.indexOf(select.targets().get(target).expr());
        if (!keys.contains(key)) {
          keys.add(key);
        }
      }
      for (int key = 0; key < groupBy.size(); key++) {
        if (!written.contains(groupBy.get(key))) {
          keys.add(key);
        }
      }
      sets.add(keys);
    }
    if (sets.isEmpty()) {
      sets.add(IntStream.range(0, groupBy.size()).boxed().toList());
    }
    int width = width(groupBy, aggregates);
    double rows = 0;
    double total = input.cost().total();
    for (List<Integer> set : sets) {
      List<Expression> keys = set.stream().map(groupBy::get).toList();
      double groups =
          keys.isEmpty() ? 1 : new GroupCount(context).estimate(keys, input.cost().rows());
      Cost own =
          context
              .costs()
              .hashedAggregate(input.cost(), aggregates.size(), keys.size(), groups, width);
      total += own.total() - input.cost().total();
      rows += groups;
    }
    double kept = select.having() == null ? rows : rows / 3;
    boolean hashed = sets.stream().anyMatch(set -> !set.isEmpty());
    return new Plan.Aggregate(
        new Cost(total, total, kept, width),
        hashed ? Plan.GroupStrategy.HASHED : Plan.GroupStrategy.PLAIN,
        input,
        groupBy,
        sets,
        aggregates,
        groupings,
        select.having());
  }

  /// Columns of a table whose primary key is grouped by have one value in each group: they become
  /// keys, which changes no group.
  private static void addDependent(Expression expr, List<Expression> groupBy) {
    if (expr instanceof Aggref || expr instanceof GroupingExpr || groupBy.contains(expr)) {
      return;
    }
    if (expr instanceof Var) {
      groupBy.add(expr);
      return;
    }
    expr.children().forEach(child -> addDependent(child, groupBy));
  }

  private Plan plain(Plan input, List<Aggref> aggregates, Query.Select select) {
    int width = width(List.of(), aggregates);
    Cost cost = context.costs().plainAggregate(input.cost(), aggregates.size(), width);
    return new Plan.Aggregate(
        cost,
        Plan.GroupStrategy.PLAIN,
        input,
        List.of(),
        List.of(),
        aggregates,
        List.of(),
        select.having());
  }

  private int width(List<Expression> groupBy, List<Aggref> aggregates) {
    List<Expression> output = new ArrayList<>(groupBy);
    output.addAll(aggregates);
    return context.widthOf(output);
  }

  private Plan byKeys(
      Plan input,
      List<Expression> groupBy,
      List<Aggref> aggregates,
      Query.Select select,
      List<SortItem> orderBy) {
    double groups = new GroupCount(context).estimate(groupBy, input.cost().rows());
    double kept = select.having() == null ? groups : groups / 3;
    int width = width(groupBy, aggregates);
    List<SortItem> keyOrder = keyOrder(groupBy, orderBy);
    Plan sorted = new SelectPlanner(context).sort(input, keyOrder, null);
    Cost sortedCost =
        context
            .costs()
            .sortedAggregate(sorted.cost(), aggregates.size(), groupBy.size(), groups, width);
    Cost hashedCost =
        context
            .costs()
            .hashedAggregate(input.cost(), aggregates.size(), groupBy.size(), groups, width);
    boolean ordered =
        aggregates.stream().anyMatch(agg -> agg.distinct() || !agg.orderBy().isEmpty());
    boolean fits = groups * (width + 64) <= context.settings().workMem() * 2.0;
    double hashedTotal = hashedCost.total();
    if (!orderBy.isEmpty()) {
      hashedTotal = context.costs().sort(hashedCost, -1).total();
    }
    boolean orderServed = !orderBy.isEmpty() && Orderings.satisfies(keyOrder, orderBy, List.of());
    double sortedTotal = sortedCost.total();
    if (!orderBy.isEmpty() && !orderServed) {
      sortedTotal = context.costs().sort(sortedCost, -1).total();
    }
    boolean hash =
        !ordered && fits && context.settings().hashAggregate() && hashedTotal < sortedTotal;
    return hash
        ? new Plan.Aggregate(
            hashedCost.withRows(kept),
            Plan.GroupStrategy.HASHED,
            input,
            groupBy,
            List.of(),
            aggregates,
            List.of(),
            select.having())
        : new Plan.Aggregate(
            sortedCost.withRows(kept),
            Plan.GroupStrategy.SORTED,
            sorted,
            groupBy,
            List.of(),
            aggregates,
            List.of(),
            select.having());
  }

  /// An order of the keys, by preference the one that ORDER BY wants next.
  private static List<SortItem> keyOrder(List<Expression> groupBy, List<SortItem> orderBy) {
    List<SortItem> result = new ArrayList<>();
    for (SortItem item : orderBy) {
      if (!groupBy.contains(item.expr())) {
        break;
      }
      result.add(item);
    }
    for (Expression key : groupBy) {
      if (result.stream().noneMatch(item -> item.expr().equals(key))) {
        result.add(new SortItem(key, false, false));
      }
    }
    return result;
  }
}
