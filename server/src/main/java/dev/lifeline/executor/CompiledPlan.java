package dev.lifeline.executor;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.executor.node.CteStore;
import dev.lifeline.executor.node.FireTriggersOperator;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import java.util.function.Function;

/// A plan that can be executed, any number of times and by any number of sessions at once.
final class CompiledPlan {
  private final OperatorFactory root;
  private final List<Function<ExecState, CteStore>> changes;
  private final List<Rep> execReps;
  private final int cells;

  /// @param changes the queries of the WITH clause that change tables, as the execution has them
  CompiledPlan(
      OperatorFactory root,
      List<Function<ExecState, CteStore>> changes,
      List<Rep> execReps,
      int cells) {
    this.root = root;
    this.changes = List.copyOf(changes);
    this.execReps = execReps;
    this.cells = cells;
  }

  ExecState newState(SessionContext session, Snapshot snapshot, Batch params) {
    Batch exec = new Batch(execReps, 1);
    exec.setSize(1);
    return new ExecState(session, snapshot, params, exec, cells);
  }

  Operator open(ExecState state) {
    return root.create(state, state.newFrame());
  }

  /// As [#open], of a statement that changes data: followed by what that calls for. PostgreSQL
  /// finishes the last query of the WITH clause first, because it may read one before it.
  Operator openModifying(ExecState state) {
    Operator operator = open(state);
    return new FireTriggersOperator(
        state, operator, changes.reversed().stream().map(change -> change.apply(state)).toList());
  }
}
