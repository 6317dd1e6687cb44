package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.utils.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// At the top of a statement that changes tables: when all else is done, runs what its WITH clause
/// changes to the end, and then fires the triggers that need not wait for the end of the
/// transaction.
public final class FireTriggersOperator implements ModifyingOperator {
  private final ExecState state;
  private final Operator input;
  private final List<CteStore> with;
  private boolean changed;
  private int finished;

  /// @param with the queries of the WITH clause that change tables, in the order in which those
  ///   that nobody has read to the end are finished
  public FireTriggersOperator(ExecState state, Operator input, List<CteStore> with) {
    this.state = state;
    this.input = input;
    this.with = List.copyOf(with);
  }

  @Override
  public @Nullable Batch next() {
    if (!changed) {
      Batch rows = input.next();
      if (rows != null) {
        return rows;
      }
      changed = true;
    }
    while (finished < with.size()) {
      with.get(finished).finish();
      finished++;
    }
    AfterTriggers triggers = AfterTriggers.existing(state.xact());
    if (triggers != null) {
      triggers.fireImmediate(state.session());
    }
    return null;
  }

  @Override
  public long count() {
    return input instanceof ModifyingOperator modifying ? modifying.count() : 0;
  }

  @Override
  public void rescan() {
    throw new IllegalStateException("a statement that changes data runs once");
  }

  @Override
  public void close() {
    input.close();
    with.forEach(CteStore::close);
  }
}
