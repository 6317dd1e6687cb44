package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of its inputs, one input after the other: `UNION ALL`.
public final class AppendOperator implements Operator {
  private final List<Operator> inputs;
  private int current;

  public AppendOperator(List<Operator> inputs) {
    this.inputs = List.copyOf(inputs);
  }

  @Override
  public @Nullable Batch next() {
    while (current < inputs.size()) {
      Batch batch = inputs.get(current).next();
      if (batch != null) {
        return batch;
      }
      current++;
    }
    return null;
  }

  @Override
  public void rescan() {
    current = 0;
    for (Operator input : inputs) {
      input.rescan();
    }
  }

  @Override
  public void close() {
    for (Operator input : inputs) {
      input.close();
    }
  }
}
