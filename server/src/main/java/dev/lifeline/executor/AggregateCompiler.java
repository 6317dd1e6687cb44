package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.node.AggregateCall;
import dev.lifeline.executor.node.AggregateOperator;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;

/// Compiles grouping and aggregates.
final class AggregateCompiler {
  private final PlanCompiler compiler;

  AggregateCompiler(PlanCompiler compiler) {
    this.compiler = compiler;
  }

  OperatorFactory compile(Plan.Aggregate aggregate) {
    OperatorFactory input = compiler.compile(aggregate.input());
    Binder binder = compiler.binder().input(0, aggregate.input().output());
    Evaluator[] keys = binder.compileAll(aggregate.groupBy());
    List<TypeOps> ops = PlanCompiler.ops(aggregate.groupBy());
    List<AggregateCall> calls = new ArrayList<>();
    for (Aggref call : aggregate.aggregates()) {
      calls.add(call(call, binder));
    }
    boolean sorted = aggregate.strategy() == Plan.GroupStrategy.SORTED;
    int expected = PlanCompiler.expected(aggregate);
    return compiler.filtered(
        (state, frame) ->
            new AggregateOperator(
                state, frame, input.create(state, frame), keys, ops, sorted, calls, expected),
        aggregate.output(),
        aggregate.filter());
  }

  private static AggregateCall call(Aggref call, Binder binder) {
    PgProc function = BootstrapCatalog.proc(call.function());
    if (function == null) {
      throw new IllegalStateException("no aggregate " + call.function());
    }
    List<AggregateCall.SortBy> sortKeys = new ArrayList<>();
    for (SortKey key : call.orderBy()) {
      sortKeys.add(
          new AggregateCall.SortBy(
              binder.compile(key.expression()),
              Types.get(key.expression().type()),
              key.descending(),
              key.nullsFirst()));
    }
    Expression filter = call.filter();
    return new AggregateCall(
        function,
        call.args().stream().map(arg -> Types.get(arg.type())).toList(),
        call.type(),
        List.of(binder.compileAll(call.args())),
        call.distinct(),
        sortKeys,
        filter == null ? null : binder.compile(filter));
  }
}
