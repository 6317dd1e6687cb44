package dev.lifeline.executor;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.executor.node.Operator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// A plan that can be executed, any number of times and by any number of sessions at once.
final class CompiledPlan {
  private final OperatorFactory root;
  private final List<Rep> execReps;
  private final int cells;

  CompiledPlan(OperatorFactory root, List<Rep> execReps, int cells) {
    this.root = root;
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
}
