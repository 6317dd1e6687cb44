package dev.lifeline.executor;

import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.ExprCompiler;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.FuncExpr;
import dev.lifeline.executor.expr.SetEvaluator;
import dev.lifeline.executor.expr.Var;
import dev.lifeline.executor.node.FunctionScanOperator;
import dev.lifeline.executor.node.ProjectSetOperator;
import dev.lifeline.executor.node.RecordSet;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.parser.analyze.FunctionColumns;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Rep;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Compiles what calls set-returning functions.
final class SetCompiler {
  private final PlanCompiler compiler;

  SetCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  OperatorFactory functionScan(Plan.FunctionScan scan) {
    List<FunctionScanOperator.Source> sources = new ArrayList<>();
    int column = 0;
    for (Expression call : scan.range().calls()) {
      int columns = call instanceof FuncExpr f ? Math.max(1, FunctionColumns.of(f).size()) : 1;
      Expression bound = compiler.binder().bind(call);
      boolean set = call.returnsSet();
      sources.add(
          new FunctionScanOperator.Source(
              set ? ExprCompiler.ofSet(bound) : null,
              set ? null : ExprCompiler.of(bound),
              column,
              columns));
      column += columns;
    }
    boolean ordinality = scan.range().ordinality();
    List<Rep> reps =
        scan.range().columns().stream().map(c -> PlanCompiler.rep(c.typeOid())).toList();
    int[] picks = scan.output().stream().mapToInt(expr -> ((Var) expr).attno() - 1).toArray();
    return compiler.filtered(
        (state, frame) -> new FunctionScanOperator(state, frame, sources, ordinality, reps, picks),
        scan.output(),
        scan.filter());
  }

  /// The types of the columns of a function that has several.
  private static List<PgType> fields(Expression expr) {
    return expr instanceof FuncExpr call
        ? FunctionColumns.of(call).stream().map(column -> Types.get(column.type())).toList()
        : List.of();
  }

  OperatorFactory projectSet(Plan.ProjectSet set) {
    OperatorFactory input = compiler.compile(set.input());
    Binder binder = compiler.binder().input(0, set.input().output());
    int width = set.output().size();
    @Nullable SetEvaluator[] sets = new @Nullable SetEvaluator[width];
    @Nullable Evaluator[] values = new @Nullable Evaluator[width];
    for (int i = 0; i < width; i++) {
      Expression expr = set.output().get(i);
      if (expr.returnsSet()) {
        SetEvaluator rows = ExprCompiler.ofSet(binder.bind(expr));
        List<PgType> fields = fields(expr);
        sets[i] = fields.isEmpty() ? rows : new RecordSet(rows, fields);
      } else {
        values[i] = binder.compile(expr);
      }
    }
    List<Rep> reps = PlanCompiler.reps(set.output());
    return (state, frame) ->
        new ProjectSetOperator(state, input.create(state, frame), frame, sets, values, reps);
  }
}
