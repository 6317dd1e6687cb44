package dev.lifeline.executor;

import dev.lifeline.executor.expr.Aggref;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.executor.expr.Expression;
import dev.lifeline.executor.expr.GroupingExpr;
import dev.lifeline.executor.expr.SortKey;
import dev.lifeline.executor.node.AggregateCall;
import dev.lifeline.executor.node.AggregateOperator;
import dev.lifeline.executor.node.GroupingSetsOperator;
import dev.lifeline.optimizer.Plan;
import dev.lifeline.utils.adt.PgType;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.fmgr.BootstrapCatalog;
import dev.lifeline.utils.fmgr.PgProc;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// Compiles grouping and aggregates.
final class AggregateCompiler {
  /// Those whose result depends on the order of their input.
  private static final Set<String> ORDERED =
      Set.of(
          "array_agg",
          "string_agg",
          "json_agg",
          "jsonb_agg",
          "json_object_agg",
          "jsonb_object_agg");

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
    if (aggregate.hasSets()) {
      long[][] groupings = groupings(aggregate);
      return compiler.filtered(
          (state, frame) ->
              new GroupingSetsOperator(
                  state,
                  frame,
                  input.create(state, frame),
                  keys,
                  ops,
                  aggregate.sets(),
                  calls,
                  groupings),
          aggregate.output(),
          aggregate.filter());
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

  /// For each set the values of the grouping operations: a bit for each argument that it has not.
  private static long[][] groupings(Plan.Aggregate aggregate) {
    List<GroupingExpr> wanted = aggregate.groupings();
    long[][] values = new long[aggregate.sets().size()][wanted.size()];
    for (int set = 0; set < values.length; set++) {
      List<Expression> present =
          aggregate.sets().get(set).stream().map(aggregate.groupBy()::get).toList();
      for (int g = 0; g < wanted.size(); g++) {
        for (Expression arg : wanted.get(g).args()) {
          values[set][g] = values[set][g] << 1 | (present.contains(arg) ? 0 : 1);
        }
      }
    }
    return values;
  }

  /// PostgreSQL finds out what is distinct by sorting: what an aggregate makes of the values is in
  /// their order.
  private static void addArguments(
      Aggref call, Binder binder, List<AggregateCall.SortBy> sortKeys) {
    for (Expression arg : call.args()) {
      if (call.orderBy().stream().noneMatch(key -> key.expression().equals(arg))) {
        PgType type = Types.get(arg.type());
        sortKeys.add(new AggregateCall.SortBy(binder.compile(arg), type, false, false));
      }
    }
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
    if (call.distinct() && ORDERED.contains(function.name())) {
      addArguments(call, binder, sortKeys);
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
