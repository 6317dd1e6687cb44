package dev.lifeline.executor.node;

import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexEntry;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads rows out of the entries of an index. The table is only looked at for those whose page has
/// something on it that not everybody sees.
public final class IndexOnlyScanOperator implements Operator, Measured {
  private final ExecState state;
  private final Table table;
  private final StoredTable.StoredIndex index;
  private final IndexOnlyShape shape;
  private final IndexBounds bounds;
  private final EvalFrame frame;
  private final boolean forward;
  private final int batchRows;
  private final Batch output;

  private @Nullable IndexScan scan;
  private @Nullable PendingRelation counters;
  private boolean started;
  private boolean atEnd;

  /// Whether the scan stands on an entry whose row was not dealt with yet.
  private boolean onEntry;

  private int rows;
  private long heapFetches;

  /// @param batchRows hand on a batch with so many rows: few, where few are expected to be asked
  ///   for
  public IndexOnlyScanOperator(
      ExecState state,
      StoredTable stored,
      StoredTable.StoredIndex index,
      IndexOnlyShape shape,
      IndexBounds bounds,
      EvalFrame frame,
      boolean forward,
      int batchRows) {
    this.state = state;
    this.table = stored.table();
    this.index = index;
    this.shape = shape;
    this.bounds = bounds;
    this.frame = frame;
    this.forward = forward;
    this.batchRows = batchRows;
    this.output = shape.row().newBatch(Math.min(batchRows, Batch.TARGET_ROWS));
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
      if (current.allVisible() || fetch(current)) {
        take(current);
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

  /// Whether the snapshot sees the row of the entry.
  private boolean fetch(IndexScan current) {
    FetchResult result = table.fetch(state.xact(), state.snapshot(), current.tid(), TupleSink.NONE);
    heapFetches++;
    if (result == FetchResult.FOUND) {
      counters().countFetched();
      return true;
    }
    if (result == FetchResult.DEAD) {
      current.kill();
    }
    return false;
  }

  private void take(IndexScan current) {
    int[] keys = shape.keys();
    int[] stored = shape.stored();
    if (keys.length > 0 || stored.length > 0) {
      byte[] entry = current.key();
      int at = 0;
      for (int i = 0; i < keys.length; i++) {
        int target = keys[i];
        at =
            index
                .encoder()
                .decodeColumn(i, entry, at, target < 0 ? null : output.column(target), rows);
      }
      if (stored.length > 0) {
        index
            .form()
            .storedCodec()
            .deform(
                MemorySegment.ofArray(entry),
                IndexEntry.keyLength(entry),
                IndexEntry.storedLength(entry),
                stored,
                output,
                rows);
      }
    }
    shape.row().setSystem(output, rows, current.tid());
    rows++;
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
        scan = index.index().scanOnly(lower, true, upper, bounds.upperInclusive, forward);
      } else {
        current.rescan(lower, true, upper, bounds.upperInclusive);
      }
    }
    started = true;
  }

  @Override
  public Map<String, Long> figures() {
    return Map.of("Heap Fetches", heapFetches);
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
