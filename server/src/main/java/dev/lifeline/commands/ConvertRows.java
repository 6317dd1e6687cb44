package dev.lifeline.commands;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.utils.adt.EvalContext;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the rows of a table's old files into its new ones, with another value in one column. A
/// step: called again after each wait, it goes on where it was.
final class ConvertRows implements Runnable {
  private final CommandContext context;
  private final Evaluator value;
  private final Relation table;
  private final Relation.Column column;
  private final int attnum;
  private final int[] targets;
  private final TupleCodec codec;
  private final Batch old;
  private final TableScan scan;
  private final EvalFrame frame;
  private final @Nullable Detoaster detoaster;
  private final TimeSlice slice;
  private @Nullable TableWriter writer;
  private @Nullable Batch converted;
  private int next;
  private boolean filled;

  /// @param before the table as it was
  /// @param attnum the column's number
  /// @param value its new value, over the columns of the old row
  ConvertRows(CommandContext context, Relation before, int attnum, Evaluator value) {
    EvalContext eval = context.session().evalContext();
    this.context = context;
    this.value = value;
    this.table = before;
    this.column = before.column(attnum);
    this.attnum = attnum;
    this.codec = RowDecoder.of(before, eval);
    this.targets = codec.allAttributes();
    this.old = codec.newBatch(Batch.TARGET_ROWS);
    this.scan =
        context
            .catalog()
            .table(before)
            .scan(context.session().xact(), context.session().xact().latestSnapshot());
    Relation.Toast toast = before.toast();
    this.detoaster = toast == null ? null : new Detoaster(context.catalog().toast(toast), codec);
    this.frame = new EvalFrame(eval);
    this.slice = new TimeSlice(context.session());
  }

  /// The new files are there.
  void into(Relation after) {
    EvalContext eval = context.session().evalContext();
    CatalogStorage storage = new CatalogStorage(context.catalog());
    StoredTable stored = new StoredTable(after, storage, context.catalog(), eval);
    BufferPool buffers = context.catalog().catalogs().shared().buffers();
    Column[] columns = new Column[old.width()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          i == attnum - 1
              ? new Column(Types.get(after.column(attnum).typeOid()).rep(), Batch.TARGET_ROWS)
              : old.column(i);
    }
    converted = new Batch(columns);
    writer =
        new TableWriter(
            stored,
            List.of(),
            new EvalFrame(eval),
            null,
            new BulkInsert(new BufferRing(BufferRing.Use.BULK_WRITE, buffers)));
  }

  @Override
  public void run() {
    TupleSink sink = this::collect;
    do {
      writeRows();
      old.setSize(0);
      next = 0;
      filled = false;
      context.session().checkForInterrupts();
      slice.run();
    } while (scan.next(sink, Batch.TARGET_ROWS));
    writeRows();
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, targets, old, old.size());
    old.setSize(old.size() + 1);
  }

  private void writeRows() {
    Batch rows = Objects.requireNonNull(converted);
    if (!filled) {
      if (detoaster != null) {
        detoaster.resolve(old, targets);
      }
      frame.input = old;
      for (; next < old.size(); next++) {
        frame.row = next;
        value.evalInto(frame, rows.column(attnum - 1), next);
        frame.rowDone();
        if (column.notNull() && rows.column(attnum - 1).isNull(next)) {
          throw PgException.error(
                  SqlState.NOT_NULL_VIOLATION,
                  "column \"%s\" of relation \"%s\" contains null values",
                  column.name(),
                  table.name())
              .table(table.namespace(), table.name())
              .column(column.name());
        }
      }
      rows.setSize(old.size());
      filled = true;
    }
    if (rows.size() > 0) {
      Objects.requireNonNull(writer).insertAll(context.session().xact(), rows);
    }
  }
}
