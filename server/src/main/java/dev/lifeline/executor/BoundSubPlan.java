package dev.lifeline.executor;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ExtensionExpr;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.SubLinkExpr;
import dev.lifeline.utils.adt.PgType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A subplan whose plan is compiled and whose parameters are bound to the columns of the operator
/// that evaluates it.
///
/// @param cell where an execution keeps its state
/// @param parameterIndexes the executor's parameters that `parameterValues` are assigned to
/// @param test of ANY and ALL
/// @param testIndexes the executor's parameters that the subquery's columns are assigned to for it
/// @param columnTypes the types of the subquery's columns
public record BoundSubPlan(
    SubLinkExpr.Kind kind,
    int type,
    int typmod,
    OperatorFactory plan,
    int cell,
    List<Integer> parameterIndexes,
    List<Expression> parameterValues,
    @Nullable Expression test,
    List<Integer> testIndexes,
    List<PgType> columnTypes,
    ParseLoc location)
    implements ExtensionExpr {

  @Override
  public List<Expression> children() {
    return List.of();
  }

  @Override
  public BoundSubPlan withChildren(List<Expression> children) {
    return this;
  }

  @Override
  public Evaluator compile(ExprCompiler compiler) {
    Evaluator[] values = parameterValues.stream().map(compiler::compile).toArray(Evaluator[]::new);
    Evaluator testEvaluator = test == null ? null : compiler.compile(test);
    return new SubPlanEvaluator(this, values, testEvaluator);
  }
}
