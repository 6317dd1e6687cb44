package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/// Visits or replaces every expression of a query and, through its subqueries in FROM and in
/// expressions, of those below it.
public final class QueryWalker {
  private QueryWalker() {}

  /// Shows each whole expression (a condition, an output, ...) to the visitor, also those of
  /// subqueries, whose sublinks are followed.
  public static void forEach(Query query, Consumer<Expression> visitor) {
    map(
        query,
        expr -> {
          visitor.accept(expr);
          return expr;
        });
  }

  /// Visits every node of an expression and of the queries in its sublinks.
  public static void forEachNode(Expression expr, Consumer<Expression> visitor) {
    visitor.accept(expr);
    if (expr instanceof SubLinkExpr sublink) {
      forEach(sublink.query(), whole -> forEachNode(whole, visitor));
    }
    for (Expression child : expr.children()) {
      forEachNode(child, visitor);
    }
  }

  /// Replaces nodes of an expression, from the top: where the mapper returns another one, what is
  /// below it is not visited.
  @SuppressWarnings("ReferenceEquality") // unchanged is the very same node
  public static Expression replace(Expression expr, UnaryOperator<Expression> mapper) {
    Expression mapped = mapper.apply(expr);
    if (mapped != expr) {
      return mapped;
    }
    Expression result = expr.mapChildren(child -> replace(child, mapper));
    if (result instanceof SubLinkExpr sublink) {
      Query inner = map(sublink.query(), whole -> replace(whole, mapper));
      return new SubLinkExpr(
          sublink.kind(),
          inner,
          sublink.type(),
          sublink.typmod(),
          sublink.test(),
          sublink.testRange(),
          sublink.location());
    }
    return result;
  }

  /// Replaces each whole expression of the query and of its subqueries in FROM and in WITH.
  public static Query map(Query query, UnaryOperator<Expression> mapper) {
    return switch (query) {
      case Query.Select select -> mapSelect(select, mapper, true);
      case Query.SetOperationQuery set ->
          new Query.SetOperationQuery(
              set.operation(),
              set.all(),
              map(set.left(), mapper),
              map(set.right(), mapper),
              set.range(),
              set.outputs(),
              set.orderBy(),
              mapLimits(set.limits(), mapper),
              set.with());
      case Query.Insert insert -> insert;
      case Query.Modify modify -> modify;
    };
  }

  private static Query.Select mapSelect(
      Query.Select select, UnaryOperator<Expression> mapper, boolean deep) {
    return new Query.Select(
        select.from().stream().map(item -> mapFrom(item, mapper, deep)).toList(),
        mapNullable(select.where(), mapper),
        select.targets().stream().map(target -> mapOutput(target, mapper)).toList(),
        select.groupBy(),
        select.grouped(),
        mapNullable(select.having(), mapper),
        select.windows().stream().map(window -> window.map(mapper)).toList(),
        select.distinct(),
        select.distinctOn(),
        select.orderBy(),
        mapLimits(select.limits(), mapper),
        select.rowMarks(),
        select.with());
  }

  /// As [#map], but leaves subqueries in FROM as they are.
  public static Query.Select mapLevel(Query.Select select, UnaryOperator<Expression> mapper) {
    return mapSelect(select, mapper, false);
  }

  static Query.Output mapOutput(Query.Output output, UnaryOperator<Expression> mapper) {
    return SortClauses.withExpr(output, mapper.apply(output.expr()));
  }

  private static @Nullable Expression mapNullable(
      @Nullable Expression expr, UnaryOperator<Expression> mapper) {
    return expr == null ? null : mapper.apply(expr);
  }

  private static Query.Limits mapLimits(Query.Limits limits, UnaryOperator<Expression> mapper) {
    return new Query.Limits(
        mapNullable(limits.limit(), mapper), mapNullable(limits.offset(), mapper));
  }

  public static FromItem mapFrom(FromItem item, UnaryOperator<Expression> mapper) {
    return mapFrom(item, mapper, true);
  }

  private static FromItem mapFrom(FromItem item, UnaryOperator<Expression> mapper, boolean deep) {
    return switch (item) {
      case FromItem.Entry entry ->
          !deep && entry.range() instanceof RangeEntry.Subquery
              ? entry
              : new FromItem.Entry(mapRange(entry.range(), mapper));
      case FromItem.Join join ->
          new FromItem.Join(
              join.type(),
              mapFrom(join.left(), mapper, deep),
              mapFrom(join.right(), mapper, deep),
              mapNullable(join.condition(), mapper));
    };
  }

  private static RangeEntry mapRange(RangeEntry range, UnaryOperator<Expression> mapper) {
    return switch (range) {
      case RangeEntry.Subquery subquery ->
          new RangeEntry.Subquery(
              subquery.id(),
              subquery.alias(),
              map(subquery.query(), mapper),
              subquery.lateral(),
              subquery.columns());
      case RangeEntry.Function function ->
          new RangeEntry.Function(
              function.id(),
              function.alias(),
              function.calls().stream().map(mapper).toList(),
              function.ordinality(),
              function.columns());
      case RangeEntry.Values values ->
          new RangeEntry.Values(
              values.id(), values.alias(), mapRows(values.rows(), mapper), values.columns());
      case RangeEntry.Table table -> table;
      case RangeEntry.Cte cte -> cte;
    };
  }

  private static List<List<Expression>> mapRows(
      List<List<Expression>> rows, UnaryOperator<Expression> mapper) {
    List<List<Expression>> result = new ArrayList<>();
    rows.forEach(row -> result.add(row.stream().map(mapper).toList()));
    return result;
  }
}
