package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.func.ParseFunc;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.WindowDef;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Analyzes calls with OVER, of window functions and of aggregates.
final class WindowCalls {
  private final ExpressionAnalyzer expressions;

  WindowCalls(ExpressionAnalyzer expressions) {
    this.expressions = expressions;
  }

  Expression transform(ParseFunc.Function function, FuncCall call, String name, ExprKind kind) {
    boolean aggregate = function.proc().isAggregate();
    refuse(function, call, name);
    if (!kind.allowsWindowFunctions()) {
      throw PgException.error(
              SqlState.WINDOWING_ERROR, "window functions are not allowed in %s", kind.place())
          .at(call.location());
    }
    Expression filter =
        call.aggFilter() == null
            ? null
            : expressions.condition(call.aggFilter(), ExprKind.FILTER, "FILTER");
    WindowDef over = call.over();
    if (over == null) {
      throw new IllegalStateException("a window function call without a window");
    }
    WindowFunc result =
        new WindowFunc(
            function.proc().oid(),
            function.resultType(),
            function.args(),
            call.aggStar(),
            aggregate,
            filter,
            new Windows(expressions.state()).over(over),
            ParseLoc.at(call.location()));
    result.children().forEach(WindowCalls::refuseNested);
    return result;
  }

  private static void refuse(ParseFunc.Function function, FuncCall call, String name) {
    boolean aggregate = function.proc().isAggregate();
    if (!aggregate && !function.proc().isWindow()) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "OVER specified, but %s is not a window function nor an aggregate function",
              name)
          .at(call.location());
    }
    if (aggregate) {
      FunctionCalls.requireStar(function, call, name);
    }
    String missing = null;
    if (call.aggDistinct()) {
      missing = "DISTINCT is not implemented for window functions";
    } else if (!call.aggOrder().isEmpty()) {
      missing = "aggregate ORDER BY is not implemented for window functions";
    } else if (call.aggFilter() != null && !aggregate) {
      missing = "FILTER is not implemented for non-aggregate window functions";
    }
    if (missing != null) {
      throw PgException.error(SqlState.FEATURE_NOT_SUPPORTED, missing).at(call.location());
    }
  }

  private static void refuseNested(Expression arg) {
    arg.anyMatch(expr -> {
      if (expr instanceof WindowFunc inner) {
        throw PgException.error(SqlState.WINDOWING_ERROR, "window function calls cannot be nested")
            .at(inner.location().offset());
      }
      return false;
    });
  }
}
