package dev.lifeline.commands;

import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.TableScan;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks the rows of a table against a constraint that is added: that columns have no nulls, and
/// that a check is not false. A step: called again after each wait, it goes on where it was.
final class ValidateTable implements Runnable {
  private final CommandContext context;
  private final Relation relation;
  private final List<Integer> notNull;
  private final String constraint;
  private final @Nullable Evaluator check;
  private final TupleCodec codec;
  private final int[] targets;
  private final Batch rows;
  private final TableScan scan;
  private final EvalFrame frame;
  private final @Nullable Detoaster detoaster;
  private int next;

  /// @param notNull the numbers of the columns
  /// @param constraint the check's name
  /// @param check evaluated over all columns of the relation; null for none
  ValidateTable(
      CommandContext context,
      Relation relation,
      List<Integer> notNull,
      String constraint,
      @Nullable Evaluator check) {
    this.context = context;
    this.relation = relation;
    this.notNull = notNull;
    this.constraint = constraint;
    this.check = check;
    this.codec = RowDecoder.of(relation, context.session().evalContext());
    this.targets = codec.allAttributes();
    this.rows = codec.newBatch(Batch.TARGET_ROWS);
    this.scan =
        context
            .catalog()
            .table(relation)
            .scan(context.session().xact(), context.session().xact().latestSnapshot());
    Relation.Toast toast = relation.toast();
    this.detoaster = toast == null ? null : new Detoaster(context.catalog().toast(toast), codec);
    this.frame = new EvalFrame(context.session().evalContext());
  }

  @Override
  public void run() {
    TupleSink sink = this::collect;
    do {
      checkRows();
      rows.setSize(0);
      next = 0;
      context.session().checkForInterrupts();
    } while (scan.next(sink, Batch.TARGET_ROWS));
    checkRows();
  }

  private void collect(long tid, MemorySegment memory, long offset, int length) {
    codec.deform(memory, offset, length, targets, rows, rows.size());
    rows.setSize(rows.size() + 1);
  }

  private void checkRows() {
    if (detoaster != null && check != null) {
      detoaster.resolve(rows, targets);
    }
    frame.input = rows;
    for (; next < rows.size(); next++) {
      for (int attnum : notNull) {
        if (rows.column(attnum - 1).isNull(next)) {
          String column = relation.column(attnum).name();
          throw PgException.error(
                  SqlState.NOT_NULL_VIOLATION,
                  "column \"%s\" of relation \"%s\" contains null values",
                  column,
                  relation.name())
              .table(relation.namespace(), relation.name())
              .column(column);
        }
      }
      frame.row = next;
      if (check != null && check.evalLong(frame) == 0 && !frame.isNull) {
        throw PgException.error(
                SqlState.CHECK_VIOLATION,
                "check constraint \"%s\" of relation \"%s\" is violated by some row",
                constraint,
                relation.name())
            .table(relation.namespace(), relation.name())
            .constraint(constraint);
      }
      frame.rowDone();
    }
  }
}
