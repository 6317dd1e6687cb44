package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Keeps the rows of its input, so that they can be read again without making them again; and,
/// where the input changes data, so that all of it has been done before the first row goes out.
public final class MaterialOperator implements Operator {
  private final Operator input;
  private final RowStore store;
  private final Batch output;
  private final boolean eager;
  private final ParameterWatch watch;
  private boolean begun;
  private boolean inputAtEnd;
  private int position;

  /// @param watch of what the input depends on
  /// @param eager read the whole input before the first row is returned
  public MaterialOperator(
      Operator input, List<Rep> reps, int expectedRows, ParameterWatch watch, boolean eager) {
    this.watch = watch;
    this.input = input;
    this.store = new RowStore(reps, expectedRows);
    this.output = new Batch(reps, Math.max(1, Math.min(expectedRows, Batch.TARGET_ROWS)));
    this.eager = eager;
  }

  @Override
  public @Nullable Batch next() {
    if (!begun) {
      watch.remember();
      begun = true;
    }
    while (!inputAtEnd && (eager || position == store.size())) {
      Batch batch = input.next();
      if (batch == null) {
        inputAtEnd = true;
      } else {
        store.addAll(batch);
      }
    }
    int count = Math.min(store.size() - position, Batch.TARGET_ROWS);
    if (count == 0) {
      return null;
    }
    for (int i = 0; i < count; i++) {
      store.copyTo(position + i, output, i, 0);
    }
    output.setSize(count);
    position += count;
    return output;
  }

  /// Back to the first row; the rows stay as long as the input would give the same ones.
  @Override
  public void rescan() {
    position = 0;
    if (begun && watch.changed()) {
      begun = false;
      inputAtEnd = false;
      store.clear();
      input.rescan();
    }
  }

  @Override
  public void close() {
    input.close();
  }
}
