package dev.lifeline.executor;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.node.HashJoinOperator;
import dev.lifeline.executor.node.NestLoopOperator;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compiles joins.
final class JoinCompiler {
  private final PlanCompiler compiler;

  JoinCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  OperatorFactory nestLoop(Plan.NestLoop join) {
    OperatorFactory outer = compiler.compile(join.outer());
    OperatorFactory inner = compiler.compile(join.inner());
    List<Expression> outerColumns = join.outer().output();
    Binder outerOnly = compiler.binder().input(0, outerColumns);
    int[] indexes = join.parameters().stream().mapToInt(p -> p.parameter().index()).toArray();
    Evaluator[] values =
        outerOnly.compileAll(join.parameters().stream().map(Plan.ParamAssignment::value).toList());
    Evaluator filter = joinFilter(join.joinFilter(), outerColumns, join.inner().output());
    List<Rep> reps = PlanCompiler.reps(join.output());
    int width = outerColumns.size();
    int expected = PlanCompiler.expected(join);
    return compiler.filtered(
        (state, frame) ->
            new NestLoopOperator(
                state,
                frame,
                join.type(),
                outer.create(state, frame),
                inner.create(state, frame),
                indexes,
                values,
                filter,
                width,
                reps,
                expected),
        join.output(),
        join.filter());
  }

  private @Nullable Evaluator joinFilter(
      @Nullable Expression condition, List<Expression> outer, List<Expression> inner) {
    return condition == null
        ? null
        : compiler.binder().input(0, outer).input(1, inner).compile(condition);
  }

  OperatorFactory hashJoin(Plan.HashJoin join) {
    OperatorFactory outer = compiler.compile(join.outer());
    OperatorFactory inner = compiler.compile(join.inner());
    List<Expression> outerColumns = join.outer().output();
    List<Expression> innerColumns = join.inner().output();
    List<Expression> outerKeys = join.keys().stream().map(Plan.HashKey::outer).toList();
    List<Expression> innerKeys = join.keys().stream().map(Plan.HashKey::inner).toList();
    Evaluator[] outerEvaluators = compiler.binder().input(0, outerColumns).compileAll(outerKeys);
    Evaluator[] innerEvaluators = compiler.binder().input(0, innerColumns).compileAll(innerKeys);
    List<TypeOps> ops = PlanCompiler.ops(outerKeys);
    Evaluator filter = joinFilter(join.joinFilter(), outerColumns, innerColumns);
    List<Rep> innerReps = PlanCompiler.reps(innerColumns);
    List<Rep> reps = PlanCompiler.reps(join.output());
    int width = outerColumns.size();
    int expected = PlanCompiler.expected(join.inner());
    return compiler.filtered(
        (state, frame) ->
            new HashJoinOperator(
                state,
                frame,
                join.type(),
                outer.create(state, frame),
                inner.create(state, frame),
                outerEvaluators,
                innerEvaluators,
                ops,
                filter,
                width,
                innerReps,
                reps,
                expected),
        join.output(),
        join.filter());
  }
}
