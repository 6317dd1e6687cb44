package dev.lifeline.executor.node;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.utils.batch.Batch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads a table from end to end, page by page, into batches of the columns that are needed.
public final class SeqScanOperator implements Operator, TupleSink {
  /// A batch is handed on once another page might overfill it.
  private static final int ENOUGH = Batch.TARGET_ROWS - 256;

  private final ExecState state;
  private final StoredTable stored;
  private final TupleCodec codec;
  private final RowShape shape;
  private final Batch output;
  private @Nullable TableScan scan;
  private int rows;
  private boolean atEnd;

  public SeqScanOperator(ExecState state, StoredTable stored, RowShape shape, int expectedRows) {
    this.state = state;
    this.stored = stored;
    this.codec = stored.codec();
    this.shape = shape;
    this.output = shape.newBatch(Math.max(16, Math.min(expectedRows, Batch.TARGET_ROWS)));
  }

  @Override
  public @Nullable Batch next() {
    TableScan current = scan;
    if (current == null) {
      current = stored.table().scan(state.xact(), state.snapshot());
      scan = current;
    }
    while (!atEnd && rows < ENOUGH) {
      state.tick();
      atEnd = !current.next(this, Batch.TARGET_ROWS);
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  @Override
  public void tuple(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, shape.targets(), output, rows);
    shape.setSystem(output, rows, tid);
    rows++;
  }

  @Override
  public void rescan() {
    rows = 0;
    atEnd = false;
    if (scan != null) {
      scan.rescan();
    }
  }

  @Override
  public void close() {}
}
