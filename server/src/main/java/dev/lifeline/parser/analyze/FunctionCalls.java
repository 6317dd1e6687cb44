package dev.lifeline.parser.analyze;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.expr.WindowFunc;
import dev.lifeline.parser.func.CoercionContext;
import dev.lifeline.parser.func.ParseFunc;
import dev.lifeline.parser.tree.CoercionForm;
import dev.lifeline.parser.tree.Expr;
import dev.lifeline.parser.tree.FuncCall;
import dev.lifeline.parser.tree.NamedArgExpr;
import dev.lifeline.parser.tree.SortBy;
import dev.lifeline.parser.tree.SortByDir;
import dev.lifeline.parser.tree.SortByNulls;
import dev.lifeline.parser.tree.SqlValueFunction;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Analyzes calls of functions and aggregates.
final class FunctionCalls {
  private final ExpressionAnalyzer expressions;
  private final Analysis analysis;

  FunctionCalls(ExpressionAnalyzer expressions, Analysis analysis) {
    this.expressions = expressions;
    this.analysis = analysis;
  }

  Expression transform(FuncCall call, ExprKind kind) {
    int location = call.location();
    String name = call.funcname().getLast();
    String schema = call.funcname().size() > 1 ? call.funcname().get(0) : null;
    List<Expression> args = new ArrayList<>();
    List<@Nullable String> names = new ArrayList<>();
    for (Expr arg : call.args()) {
      boolean named = arg instanceof NamedArgExpr;
      names.add(arg instanceof NamedArgExpr n ? n.name() : null);
      args.add(expressions.transform(named ? ((NamedArgExpr) arg).arg() : arg, kind));
    }
    if (call.aggWithinGroup()) {
      throw PgException.notSupported("WITHIN GROUP").at(location);
    }
    if (schema != null) {
      checkSchema(schema, location);
    }
    ParseFunc.Resolved resolved =
        analysis.functions().resolve(schema, name, args, names, call.funcVariadic(), location);
    return switch (resolved) {
      case ParseFunc.Cast cast -> cast.expression();
      case ParseFunc.Function function -> function(function, call, name, kind);
    };
  }

  private void checkSchema(String schema, int location) {
    int oid;
    try {
      oid = analysis.catalog().usableNamespace(schema);
    } catch (PgException e) {
      throw e.at(location);
    }
    if (oid == 0) {
      throw PgException.error(SqlState.INVALID_SCHEMA_NAME, "schema \"%s\" does not exist", schema)
          .at(location);
    }
  }

  private Expression function(
      ParseFunc.Function function, FuncCall call, String name, ExprKind kind) {
    if (function.proc().isWindow() && call.over() == null) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE, "window function %s requires an OVER clause", name)
          .at(call.location());
    }
    if (call.over() != null) {
      return new WindowCalls(expressions).transform(function, call, name, kind);
    }
    if (function.proc().isAggregate()) {
      return aggregate(function, call, name, kind);
    }
    refuseAggregateSyntax(call, name);
    FuncExpr expr = function.toExpr();
    if (expr.returnsSet() && !kind.allowsSets()) {
      throw PgException.error(
              SqlState.FEATURE_NOT_SUPPORTED,
              "set-returning functions are not allowed in %s",
              kind.place())
          .at(call.location());
    }
    return call.funcformat() == CoercionForm.SQL_SYNTAX ? expr.inSqlSyntax() : expr;
  }

  private static void refuseAggregateSyntax(FuncCall call, String name) {
    String what = null;
    if (call.aggStar()) {
      what = "%1$s(*) specified, but %1$s is not an aggregate function";
    } else if (call.aggDistinct()) {
      what = "DISTINCT specified, but %1$s is not an aggregate function";
    } else if (!call.aggOrder().isEmpty()) {
      what = "ORDER BY specified, but %1$s is not an aggregate function";
    } else if (call.aggFilter() != null) {
      what = "FILTER specified, but %1$s is not an aggregate function";
    }
    if (what != null) {
      throw PgException.error(SqlState.WRONG_OBJECT_TYPE, what, name).at(call.location());
    }
  }

  private Expression aggregate(
      ParseFunc.Function function, FuncCall call, String name, ExprKind kind) {
    requireStar(function, call, name);
    if (!kind.allowsAggregates()) {
      throw PgException.error(
              SqlState.GROUPING_ERROR, "aggregate functions are not allowed in %s", kind.place())
          .at(call.location());
    }
    Expression filter =
        call.aggFilter() == null
            ? null
            : expressions.condition(call.aggFilter(), ExprKind.FILTER, "FILTER");
    List<SortKey> orderBy = new ArrayList<>();
    for (SortBy item : call.aggOrder()) {
      orderBy.add(sortKey(item, kind));
    }
    if (call.aggDistinct()) {
      function.args().forEach(arg -> expressions.requireEquality(arg.type(), call.location()));
    }
    List<Integer> types = function.args().stream().map(Expression::type).toList();
    Aggref aggregate =
        new Aggref(
            function.proc().oid(),
            function.resultType(),
            types,
            function.args(),
            call.aggStar(),
            call.aggDistinct(),
            orderBy,
            filter,
            0,
            ParseLoc.at(call.location()));
    checkArguments(aggregate);
    expressions.state().aggregates().add(aggregate);
    return aggregate;
  }

  static void requireStar(ParseFunc.Function function, FuncCall call, String name) {
    if (function.args().isEmpty() && !call.aggStar()) {
      throw PgException.error(
              SqlState.WRONG_OBJECT_TYPE,
              "%s(*) must be used to call a parameterless aggregate function",
              name)
          .at(call.location());
    }
  }

  private SortKey sortKey(SortBy item, ExprKind kind) {
    if (item.dir() == SortByDir.USING) {
      throw PgException.notSupported("ORDER BY ... USING");
    }
    Expression expr = expressions.unknownToText(expressions.transform(item.node(), kind));
    expressions.requireOrdering(expr.type(), item.node().location());
    boolean descending = item.dir() == SortByDir.DESC;
    boolean nullsFirst =
        item.nulls() == SortByNulls.DEFAULT ? descending : item.nulls() == SortByNulls.FIRST;
    return new SortKey(expr, descending, nullsFirst);
  }

  /// An aggregate is computed at the level that its columns are of; one that has only columns of an
  /// outer query belongs to that.
  private void checkArguments(Aggref aggregate) {
    List<Integer> ranges = new ArrayList<>();
    for (Expression child : aggregate.children()) {
      child.anyMatch(expr -> {
        if (expr instanceof Aggref || expr instanceof GroupingExpr) {
          throw PgException.error(
                  SqlState.GROUPING_ERROR, "aggregate function calls cannot be nested")
              .at(expr.location().offset());
        }
        if (expr instanceof WindowFunc inner) {
          throw PgException.error(
                  SqlState.GROUPING_ERROR,
                  "aggregate function calls cannot contain window function calls")
              .at(inner.location().offset());
        }
        if (expr instanceof Var var) {
          ranges.add(var.varno());
        }
        return false;
      });
    }
    if (!ranges.isEmpty() && ranges.stream().noneMatch(expressions.state().scope()::owns)) {
      throw PgException.notSupported("an aggregate of an outer query in a subquery")
          .at(aggregate.location().offset());
    }
  }

  /// `CURRENT_DATE` and the others that are called without parentheses.
  Expression valueFunction(SqlValueFunction function) {
    int at = function.location();
    return switch (function.op()) {
      case CURRENT_DATE -> cast(now(at), Types.DATE, -1);
      case CURRENT_TIME, CURRENT_TIME_N -> cast(now(at), Types.TIMETZ, function.typmod());
      case CURRENT_TIMESTAMP, CURRENT_TIMESTAMP_N ->
          cast(now(at), Types.TIMESTAMPTZ, function.typmod());
      case LOCALTIME, LOCALTIME_N -> cast(now(at), Types.TIME, function.typmod());
      case LOCALTIMESTAMP, LOCALTIMESTAMP_N -> cast(now(at), Types.TIMESTAMP, function.typmod());
      case CURRENT_ROLE, CURRENT_USER, USER -> call("current_user", at);
      case SESSION_USER -> call("session_user", at);
      case CURRENT_CATALOG -> cast(call("current_database", at), Types.NAME, -1);
      case CURRENT_SCHEMA -> call("current_schema", at);
    };
  }

  private Expression now(int location) {
    return call("now", location);
  }

  private Expression call(String name, int location) {
    Expression call = analysis.functions().call(name, List.of(), location);
    return call instanceof FuncExpr function ? function.inSqlSyntax() : call;
  }

  private Expression cast(Expression arg, int type, int typmod) {
    Expression result =
        expressions
            .coercions()
            .toTarget(
                arg,
                type,
                typmod,
                CoercionContext.EXPLICIT,
                FuncExpr.Form.EXPLICIT_CAST,
                arg.location().offset());
    if (result == null) {
      throw new IllegalStateException("no cast to " + type);
    }
    return result;
  }
}
