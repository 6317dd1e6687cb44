package dev.lifeline.executor.node;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.activity.PendingRelation;
import dev.lifeline.utils.batch.Batch;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads the rows that part of an index leads to, in its order.
public final class IndexScanOperator implements Operator, TupleSink {
  private final ExecState state;
  private final StoredTable stored;
  private final Table table;
  private final StoredTable.StoredIndex index;
  private final RowShape shape;
  private final IndexBounds bounds;
  private final EvalFrame frame;
  private final boolean forward;
  private final int batchRows;
  private final Batch output;

  private @Nullable IndexScan scan;
  private @Nullable PendingRelation counters;
  private boolean started;
  private boolean atEnd;

  /// Whether the scan stands on an entry whose row was not fetched yet.
  private boolean onEntry;

  private int rows;

  /// @param batchRows hand on a batch with so many rows: few, where few are expected to be asked
  ///   for
  public IndexScanOperator(
      ExecState state,
      StoredTable stored,
      StoredTable.StoredIndex index,
      RowShape shape,
      IndexBounds bounds,
      EvalFrame frame,
      boolean forward,
      int batchRows) {
    this.state = state;
    this.stored = stored;
    this.table = stored.table();
    this.index = index;
    this.shape = shape;
    this.bounds = bounds;
    this.frame = frame;
    this.forward = forward;
    this.batchRows = batchRows;
    this.output = shape.newBatch(Math.min(batchRows, Batch.TARGET_ROWS));
  }

  @Override
  public @Nullable Batch next() {
    if (!started) {
      start();
    }
    IndexScan current = scan;
    if (current == null) {
      return null;
    }
    while (!atEnd && rows < batchRows) {
      if (!onEntry) {
        if ((rows & 31) == 31) {
          state.tick();
        }
        if (!current.next()) {
          if (bounds.next()) {
            current.rescan(bounds.lower, true, bounds.upper, bounds.upperInclusive);
            continue;
          }
          atEnd = true;
          break;
        }
        onEntry = true;
        counters().countReturned(1);
      }
      FetchResult result = table.fetch(state.xact(), state.snapshot(), current.tid(), this);
      if (result == FetchResult.FOUND) {
        counters().countFetched();
      } else if (result == FetchResult.DEAD) {
        current.kill();
      }
      onEntry = false;
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  private PendingRelation counters() {
    PendingRelation known = counters;
    if (known == null) {
      Index opened = index.index();
      known = state.xact().counters().relation(opened.file().dbOid(), opened.relation());
      counters = known;
    }
    return known;
  }

  private void start() {
    atEnd = !bounds.compute(frame, forward);
    frame.rowDone();
    if (!atEnd) {
      counters().countScan();
      byte[] lower = bounds.lower;
      byte[] upper = bounds.upper;
      IndexScan current = scan;
      if (current == null) {
        scan = index.index().scan(lower, true, upper, bounds.upperInclusive, forward);
      } else {
        current.rescan(lower, true, upper, bounds.upperInclusive);
      }
    }
    started = true;
  }

  @Override
  public void tuple(long tid, MemorySegment memory, long offset, int length) {
    stored.codec().deform(memory, offset, length, shape.targets(), output, rows);
    shape.setSystem(output, rows, tid);
    rows++;
  }

  @Override
  public void rescan() {
    started = false;
    onEntry = false;
    rows = 0;
  }

  @Override
  public void close() {
    if (scan != null) {
      scan.close();
      scan = null;
      atEnd = true;
      started = true;
    }
  }
}
