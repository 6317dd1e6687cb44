package dev.lifeline.executor.node;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.activity.PendingRelation;
import dev.lifeline.utils.batch.Batch;
import org.jspecify.annotations.Nullable;

/// Walks the entries of part of an index, in its order. What becomes of an entry is its subclass's
/// to say.
abstract class IndexEntryScan implements Operator {
  protected final ExecState state;
  protected final StoredTable.StoredIndex index;
  protected final Batch output;

  /// How many rows the batch that is being made has.
  protected int rows;

  private final IndexBounds bounds;
  private final EvalFrame frame;
  private final boolean forward;
  private final int batchRows;

  private @Nullable IndexScan scan;
  private @Nullable PendingRelation counters;
  private boolean started;
  private boolean atEnd;

  /// Whether the scan stands on an entry that was not dealt with yet.
  private boolean onEntry;

  /// @param batchRows hand on a batch with so many rows: few, where few are expected to be asked
  ///   for
  protected IndexEntryScan(
      ExecState state,
      StoredTable.StoredIndex index,
      RowShape shape,
      IndexBounds bounds,
      EvalFrame frame,
      boolean forward,
      int batchRows) {
    this.state = state;
    this.index = index;
    this.bounds = bounds;
    this.frame = frame;
    this.forward = forward;
    this.batchRows = batchRows;
    this.output = shape.newBatch(Math.min(batchRows, Batch.TARGET_ROWS));
  }

  /// Begins to walk.
  protected abstract IndexScan open(
      byte @Nullable [] lower, byte @Nullable [] upper, boolean upperInclusive, boolean forward);

  /// Makes a row of the entry that the scan stands on, if the snapshot sees one. May throw NotYet;
  /// it is then called again.
  protected abstract void take(IndexScan entry);

  @Override
  public final @Nullable Batch next() {
    if (!started) {
      start();
    }
    IndexScan current = scan;
    if (current == null) {
      return null;
    }
    while (!atEnd && rows < batchRows) {
      if (!onEntry) {
        state.tickRow();
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
      take(current);
      onEntry = false;
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  protected final PendingRelation counters() {
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
        scan = open(lower, upper, bounds.upperInclusive, forward);
      } else {
        current.rescan(lower, true, upper, bounds.upperInclusive);
      }
    }
    started = true;
  }

  @Override
  public final void rescan() {
    started = false;
    onEntry = false;
    rows = 0;
  }

  @Override
  public final void close() {
    if (scan != null) {
      scan.close();
      scan = null;
      atEnd = true;
      started = true;
    }
  }
}
