package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.ColumnRef;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.optimizer.SubPlanExpr;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Replaces what an operator's inputs compute already (columns, aggregates, whole expressions) by
/// references to their columns, and compiles what remains.
final class Binder {
  private final Map<Expression, ColumnRef> columns = new HashMap<>();
  private final PlanCompiler compiler;

  Binder(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  /// Adds an input.
  ///
  /// @param input 0 for the only or outer input, 1 for the inner one
  Binder input(int input, List<Expression> outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      Expression output = outputs.get(i);
      columns.putIfAbsent(
          output, new ColumnRef(input, i, output.type(), output.typmod(), output.location()));
    }
    return this;
  }

  Expression bind(Expression expr) {
    ColumnRef column = columns.get(expr);
    if (column != null) {
      return column;
    }
    return switch (expr) {
      case Var var -> throw unbound("column");
      case Aggref aggregate -> throw unbound("aggregate");
      case GroupingExpr grouping -> throw unbound("grouping operation");
      case Param param -> {
        compiler.reads(param);
        yield param;
      }
      case SubPlanExpr subplan -> compiler.bind(subplan, this);
      default -> expr.mapChildren(this::bind);
    };
  }

  private static PgException unbound(String what) {
    return PgException.error(
        SqlState.INTERNAL_ERROR, "%s not found in the inputs of its plan node", what);
  }

  Evaluator compile(Expression expr) {
    return ExprCompiler.of(bind(expr));
  }

  Evaluator[] compileAll(List<? extends Expression> expressions) {
    return expressions.stream().map(this::compile).toArray(Evaluator[]::new);
  }

  /// The column that an expression is in, or -1.
  int columnOf(Expression expr) {
    ColumnRef column = columns.get(expr);
    return column == null || column.input() != 0 ? -1 : column.column();
  }
}
