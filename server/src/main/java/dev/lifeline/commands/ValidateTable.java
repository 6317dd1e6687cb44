package dev.lifeline.commands;

import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
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
  private final TableRows table;
  private final EvalFrame frame;
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
    this.table = new TableRows(context, relation);
    this.frame = new EvalFrame(context.session().evalContext());
  }

  @Override
  public void run() {
    do {
      checkRows();
      table.clear();
      next = 0;
      context.session().checkForInterrupts();
    } while (table.next());
    checkRows();
  }

  private void checkRows() {
    Batch rows = table.batch();
    if (check != null) {
      table.detoast();
    }
    frame.input = rows;
    for (; next < rows.size(); next++) {
      for (int attnum : notNull) {
        if (rows.column(attnum - 1).isNull(next)) {
          throw table.isNull(relation.column(attnum));
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
