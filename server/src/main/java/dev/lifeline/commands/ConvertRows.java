package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.adt.Types;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Writes the rows of a table's old files into its new ones, with another value in one column. A
/// step: called again after each wait, it goes on where it was.
final class ConvertRows implements Runnable {
  private final CommandContext context;
  private final Evaluator value;
  private final Relation.Column column;
  private final int attnum;
  private final TableRows table;
  private final EvalFrame frame;
  private final TimeSlice slice;
  private @Nullable TableWriter writer;
  private @Nullable Batch converted;
  private int next;
  private boolean filled;

  /// @param before the table as it was
  /// @param attnum the column's number
  /// @param value its new value, over the columns of the old row
  ConvertRows(CommandContext context, Relation before, int attnum, Evaluator value) {
    this.context = context;
    this.value = value;
    this.column = before.column(attnum);
    this.attnum = attnum;
    this.table = new TableRows(context, before);
    this.frame = new EvalFrame(context.session().evalContext());
    this.slice = new TimeSlice(context.session());
  }

  /// The new files are there.
  void into(Relation after) {
    Batch old = table.batch();
    Column[] columns = new Column[old.width()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] =
          i == attnum - 1
              ? new Column(Types.get(after.column(attnum).typeOid()).rep(), Batch.TARGET_ROWS)
              : old.column(i);
    }
    converted = new Batch(columns);
    writer = BulkWriters.ofNew(context, after);
  }

  @Override
  public void run() {
    do {
      writeRows();
      table.clear();
      next = 0;
      filled = false;
      context.session().checkForInterrupts();
      slice.run();
    } while (table.next());
    writeRows();
  }

  private void writeRows() {
    Batch rows = Objects.requireNonNull(converted);
    if (!filled) {
      Batch old = table.batch();
      table.detoast();
      frame.input = old;
      for (; next < old.size(); next++) {
        frame.row = next;
        value.evalInto(frame, rows.column(attnum - 1), next);
        frame.rowDone();
        if (column.notNull() && rows.column(attnum - 1).isNull(next)) {
          throw table.isNull(column);
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
