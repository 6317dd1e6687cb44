package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

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
      return sublink.withQuery(inner);
    }
    return result;
  }

  /// Replaces each whole expression of the query and of its subqueries in FROM and in WITH.
  public static Query map(Query query, UnaryOperator<Expression> mapper) {
    return new QueryMapping(mapper, true).map(query);
  }

  /// As [#map], but leaves subqueries in FROM and in WITH as they are.
  public static Query.Select mapLevel(Query.Select select, UnaryOperator<Expression> mapper) {
    return new QueryMapping(mapper, false).mapSelect(select);
  }

  public static FromItem mapFrom(FromItem item, UnaryOperator<Expression> mapper) {
    return new QueryMapping(mapper, true).mapFrom(item);
  }
}
