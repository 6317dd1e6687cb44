package dev.lifeline.commands;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.Relation;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Reads all rows of a table, as they are now, a batch after the other.
final class TableRows {
  private final Relation table;
  private final TupleCodec codec;
  private final int[] attributes;
  private final Batch batch;
  private final TableScan scan;
  private final TupleSink sink = this::collect;
  private final @Nullable Detoaster detoaster;

  TableRows(CommandContext context, Relation table) {
    this.table = table;
    this.codec = RowDecoder.of(table, context.session().evalContext());
    this.attributes = codec.allAttributes();
    this.batch = codec.newBatch(Batch.TARGET_ROWS);
    this.scan =
        context
            .catalog()
            .table(table)
            .scan(context.session().xact(), context.session().xact().latestSnapshot());
    Relation.Toast toast = table.toast();
    this.detoaster = toast == null ? null : new Detoaster(context.catalog().toast(toast), codec);
  }

  /// The rows of the batch, empty before the first one.
  Batch batch() {
    return batch;
  }

  /// Empties the batch for the next one.
  void clear() {
    batch.setSize(0);
  }

  /// Adds the next rows to the batch, which has been emptied. False when there are none.
  boolean next() {
    return scan.next(sink, Batch.TARGET_ROWS);
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, attributes, batch, batch.size());
    batch.setSize(batch.size() + 1);
  }

  /// Reads the long values of the batch.
  void detoast() {
    if (detoaster != null) {
      detoaster.resolve(batch, attributes);
    }
  }

  /// A column that may not be null is.
  PgException isNull(Relation.Column column) {
    return PgException.error(
            SqlState.NOT_NULL_VIOLATION,
            "column \"%s\" of relation \"%s\" contains null values",
            column.name(),
            table.name())
        .table(table.namespace(), table.name())
        .column(column.name());
  }
}
