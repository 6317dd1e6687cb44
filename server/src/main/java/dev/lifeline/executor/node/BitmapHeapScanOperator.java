package dev.lifeline.executor.node;

import dev.lifeline.access.table.Table;
import dev.lifeline.access.table.TidBitmap;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.batch.Batch;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads the rows that a bitmap leads to, page by page. The rows of a batch come either all from
/// pages of which the bitmap knows the rows, or all from others.
public final class BitmapHeapScanOperator implements Operator, TupleSink, Measured {
  /// A batch is handed on once another page might overfill it.
  private static final int ENOUGH = Batch.TARGET_ROWS - 256;

  /// How far to read ahead when a page was not in memory.
  private static final int READ_AHEAD = 16;

  private final ExecState state;
  private final StoredTable stored;
  private final Table table;
  private final RowShape shape;
  private final Operator filling;
  private final TidBitmap bitmap;
  private final Batch output;
  private int rows;
  private boolean recheck;
  private long exactPages;
  private long lossyPages;

  private TidBitmap.@Nullable Pages pages;

  /// Whether the walk stands on a page that was not read yet.
  private boolean onPage;

  private boolean atEnd;

  /// @param filling puts the tids into the bitmap
  public BitmapHeapScanOperator(
      ExecState state,
      StoredTable stored,
      RowShape shape,
      Operator filling,
      TidBitmap bitmap,
      int expectedRows) {
    this.state = state;
    this.stored = stored;
    this.table = stored.table();
    this.shape = shape;
    this.filling = filling;
    this.bitmap = bitmap;
    this.output = shape.newBatch(Math.max(16, Math.min(expectedRows, Batch.TARGET_ROWS)));
  }

  /// Whether the conditions have to be looked at for the rows of the batch.
  public boolean needsRecheck() {
    return recheck;
  }

  @Override
  public @Nullable Batch next() {
    TidBitmap.Pages walk = pages;
    if (walk == null) {
      BitmapCombinationOperator.finish(filling);
      walk = bitmap.pages();
      pages = walk;
    }
    while (!atEnd && rows < ENOUGH) {
      if (!onPage) {
        state.tick();
        onPage = walk.next();
        atEnd = !onPage;
        continue;
      }
      if (walk.needsRecheck() != recheck) {
        if (rows > 0) {
          break;
        }
        recheck = walk.needsRecheck();
      }
      read(walk);
      onPage = false;
    }
    if (rows == 0) {
      return null;
    }
    output.setSize(rows);
    rows = 0;
    return output;
  }

  private void read(TidBitmap.Pages page) {
    try {
      table.fetchPage(state.xact(), state.snapshot(), page, this);
    } catch (NotYet notYet) {
      for (int steps = 1; steps <= READ_AHEAD && page.ahead(steps) >= 0; steps++) {
        table.prefetch(page.ahead(steps));
      }
      throw notYet;
    }
    if (page.isLossy()) {
      lossyPages++;
    } else {
      exactPages++;
    }
  }

  @Override
  public void tuple(long tid, MemorySegment memory, long offset, int length) {
    stored.codec().deform(memory, offset, length, shape.targets(), output, rows);
    shape.setSystem(output, rows, tid);
    rows++;
  }

  @Override
  public Map<String, Long> figures() {
    Map<String, Long> figures = new LinkedHashMap<>();
    figures.put("Exact Heap Blocks", exactPages);
    figures.put("Lossy Heap Blocks", lossyPages);
    return figures;
  }

  @Override
  public void rescan() {
    rows = 0;
    onPage = false;
    atEnd = false;
    pages = null;
    bitmap.clear();
    filling.rescan();
  }

  @Override
  public void close() {
    filling.close();
  }
}
