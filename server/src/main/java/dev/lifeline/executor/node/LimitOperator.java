package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// `LIMIT` and `OFFSET`: skips some rows, passes some on, and asks for no more than that.
public final class LimitOperator implements Operator {
  /// What a count says when there is no limit.
  public static final long NO_LIMIT = Long.MAX_VALUE;

  private final Operator input;
  private final LongSupplier offset;
  private final LongSupplier limit;
  private boolean started;
  private long toSkip;
  private long toReturn;

  /// The numbers are asked for when the first row is.
  public LimitOperator(Operator input, LongSupplier offset, LongSupplier limit) {
    this.input = input;
    this.offset = offset;
    this.limit = limit;
  }

  @Override
  public @Nullable Batch next() {
    if (!started) {
      toSkip = offset.getAsLong();
      toReturn = limit.getAsLong();
      started = true;
    }
    while (toReturn > 0) {
      Batch batch = input.next();
      if (batch == null) {
        toReturn = 0;
        return null;
      }
      int size = batch.size();
      if (toSkip >= size) {
        toSkip -= size;
        continue;
      }
      int from = (int) toSkip;
      int count = (int) Math.min(size - from, toReturn);
      toSkip = 0;
      toReturn -= count;
      Batches.slice(batch, from, count);
      return batch;
    }
    return null;
  }

  @Override
  public void rescan() {
    started = false;
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
