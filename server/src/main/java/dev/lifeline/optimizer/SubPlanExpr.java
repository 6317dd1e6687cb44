package dev.lifeline.optimizer;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.ExtensionExpr;
import dev.lifeline.executor.expr.Param;
import dev.lifeline.executor.expr.ParseLoc;
import dev.lifeline.parser.analyze.SubLinkExpr;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A subquery in an expression with its plan.
///
/// Formally: a subplan without `parameters` gives the same rows whenever it is run within one
/// execution, so it is run once; one with parameters is run for each of their values.
///
/// @param id its number within the statement, from 1
/// @param parameters what it reads of the query around it: parameter and value
/// @param test of ANY and ALL: the comparison, over `testColumns`
/// @param testColumns the parameters by which `test` names the subquery's columns
public record SubPlanExpr(
    int id,
    SubLinkExpr.Kind kind,
    int type,
    int typmod,
    Plan plan,
    List<Plan.ParamAssignment> parameters,
    @Nullable Expression test,
    List<Param> testColumns,
    ParseLoc location)
    implements ExtensionExpr {
  public SubPlanExpr {
    parameters = List.copyOf(parameters);
    testColumns = List.copyOf(testColumns);
  }

  /// Whether it is run once, as PostgreSQL's init plans are.
  public boolean isInitPlan() {
    return parameters.isEmpty();
  }

  @Override
  public List<Expression> children() {
    List<Expression> children = new ArrayList<>();
    parameters.forEach(parameter -> children.add(parameter.value()));
    if (test != null) {
      children.add(test);
    }
    return children;
  }

  @Override
  public SubPlanExpr withChildren(List<Expression> children) {
    List<Plan.ParamAssignment> assignments = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      assignments.add(new Plan.ParamAssignment(parameters.get(i).parameter(), children.get(i)));
    }
    return new SubPlanExpr(
        id,
        kind,
        type,
        typmod,
        plan,
        assignments,
        test == null ? null : children.getLast(),
        testColumns,
        location);
  }

  @Override
  public Evaluator compile(ExprCompiler compiler) {
    throw new IllegalStateException("a subplan is bound before it is compiled");
  }
}
