package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.parser.analyze.FromItem;
import dev.lifeline.parser.analyze.Query;
import dev.lifeline.parser.analyze.QueryWalker;
import dev.lifeline.parser.analyze.RangeEntry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Puts simple subqueries in FROM, and views, into the place where they stand, so that their tables
/// are joined in the best order with the rest.
///
/// A subquery is simple when it only joins, filters and computes. On the side of an outer join that
/// may be filled up with nulls its outputs must be plain columns, because an expression would not
/// be null there.
final class SubqueryPullUp {
  private final Map<Integer, List<Expression>> replaced = new HashMap<>();
  private final List<Expression> conditions = new ArrayList<>();

  private SubqueryPullUp() {}

  static Query.Select apply(Query.Select select) {
    SubqueryPullUp pullUp = new SubqueryPullUp();
    List<FromItem> from = new ArrayList<>();
    // Grouping sets make nulls of their keys, as an outer join does of its columns.
    boolean nullable = !select.groupingSets().isEmpty();
    for (FromItem item : select.from()) {
      from.add(pullUp.pullUp(item, nullable));
    }
    if (pullUp.replaced.isEmpty()) {
      return select;
    }
    Expression where = select.where();
    for (Expression condition : pullUp.conditions) {
      where = Clauses.and(where, condition);
    }
    Query.Select merged = select.withFrom(from, where);
    Query result = QueryWalker.map(merged, pullUp::substitute);
    return apply((Query.Select) result);
  }

  private Expression substitute(Expression whole) {
    return QueryWalker.replace(
        whole,
        node -> {
          List<Expression> outputs = node instanceof Var var ? replaced.get(var.varno()) : null;
          return outputs == null ? node : substitute(outputs.get(((Var) node).attno() - 1));
        });
  }

  private FromItem pullUp(FromItem item, boolean nullable) {
    return switch (item) {
      case FromItem.Entry entry -> {
        Query.Select simple = simple(entry.range(), nullable);
        if (simple == null) {
          yield item;
        }
        FromItem merged = merge(entry.range(), simple);
        if (simple.where() != null) {
          conditions.add(simple.where());
        }
        yield merged;
      }
      case FromItem.Join join -> pullUp(join, nullable);
    };
  }

  private FromItem pullUp(FromItem.Join join, boolean nullable) {
    return switch (join.type()) {
      case INNER ->
          new FromItem.Join(
              join.type(),
              pullUp(join.left(), nullable),
              pullUp(join.right(), nullable),
              join.condition());
      case LEFT -> pullUpRight(join, nullable, true);
      case SEMI, ANTI -> pullUpRight(join, nullable, false);
      case FULL -> join;
    };
  }

  /// The conditions of a subquery on the right are the join's, not the whole query's.
  private FromItem pullUpRight(FromItem.Join join, boolean nullable, boolean rightNullable) {
    FromItem left = pullUp(join.left(), nullable);
    Expression condition = join.condition();
    FromItem right = join.right();
    if (right instanceof FromItem.Entry entry) {
      Query.Select simple = simple(entry.range(), rightNullable);
      if (simple != null) {
        right = merge(entry.range(), simple);
        condition = Clauses.and(condition, simple.where());
      }
    }
    return new FromItem.Join(join.type(), left, right, condition);
  }

  private FromItem merge(RangeEntry range, Query.Select simple) {
    replaced.put(range.id(), simple.outputs().stream().map(Query.Output::expr).toList());
    FromItem result = simple.from().getFirst();
    for (FromItem item : simple.from().subList(1, simple.from().size())) {
      result = new FromItem.Join(FromItem.Type.INNER, result, item, null);
    }
    return result;
  }

  private static Query.@Nullable Select simple(RangeEntry range, boolean nullable) {
    if (!(query(range) instanceof Query.Select select)
        || select.from().isEmpty()
        || select.grouped()
        || select.hasWindowFunctions()
        || select.distinct()
        || !select.limits().isNone()
        || !select.rowMarks().isEmpty()
        || !select.with().isEmpty()
        || !select.orderBy().isEmpty()) {
      return null;
    }
    for (Query.Output target : select.targets()) {
      Expression expr = target.expr();
      boolean plain = expr instanceof Var;
      if ((nullable && !plain)
          || Clauses.returnsSet(expr)
          || Clauses.isVolatile(expr)
          || Clauses.hasSubLink(expr)) {
        return null;
      }
    }
    boolean onlyValues =
        select.from().size() == 1
            && select.from().getFirst() instanceof FromItem.Entry entry
            && entry.range() instanceof RangeEntry.Values;
    return onlyValues && nullable ? null : select;
  }

  private static @Nullable Query query(RangeEntry range) {
    return switch (range) {
      case RangeEntry.Subquery subquery -> subquery.lateral() ? null : subquery.query();
      case RangeEntry.Cte cte -> cte.table().materialized() ? null : cte.table().query();
      default -> null;
    };
  }
}
