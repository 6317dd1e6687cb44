package dev.lifeline.executor.node;

import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.utils.batch.Batch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Puts what the bitmaps of its inputs have in common, or all that is in any of them, into one more
/// bitmap.
public final class BitmapCombinationOperator implements Operator {
  /// What is brought together.
  ///
  /// @param bitmap where the operator puts its tids
  public record Input(Operator operator, TidBitmap bitmap) {}

  private final List<Input> inputs;
  private final TidBitmap bitmap;
  private final boolean and;
  private int at;

  public BitmapCombinationOperator(List<Input> inputs, TidBitmap bitmap, boolean and) {
    this.inputs = List.copyOf(inputs);
    this.bitmap = bitmap;
    this.and = and;
  }

  @Override
  public @Nullable Batch next() {
    TidBitmap first = inputs.getFirst().bitmap;
    while (at < inputs.size()) {
      Input input = inputs.get(at);
      finish(input.operator);
      if (at > 0 && and) {
        first.retainAll(input.bitmap);
      } else if (at > 0) {
        first.addAll(input.bitmap);
      }
      at = and && first.isEmpty() ? inputs.size() : at + 1;
      if (at == inputs.size()) {
        bitmap.addAll(first);
      }
    }
    return null;
  }

  /// Lets an operator that fills a bitmap do all of its work.
  static void finish(Operator filling) {
    Batch found = filling.next();
    while (found != null) {
      found = filling.next();
    }
  }

  @Override
  public void rescan() {
    at = 0;
    for (Input input : inputs) {
      input.bitmap.clear();
      input.operator.rescan();
    }
  }

  @Override
  public void close() {
    inputs.forEach(input -> input.operator.close());
  }
}
