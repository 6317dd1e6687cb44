package dev.lifeline.executor.node;

import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.trigger.AfterTriggers;
import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// At the top of a statement that changes tables with foreign keys: when all rows are changed,
/// fires the triggers that need not wait for the end of the transaction.
public final class FireTriggersOperator implements ModifyingOperator {
  private final ExecState state;
  private final Operator input;
  private boolean changed;

  public FireTriggersOperator(ExecState state, Operator input) {
    this.state = state;
    this.input = input;
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
  }
}
