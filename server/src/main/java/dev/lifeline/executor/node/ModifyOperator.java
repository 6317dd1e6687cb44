package dev.lifeline.executor.node;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// UPDATE and DELETE: changes the rows that its input names by their place.
///
/// Where another transaction has changed a row meanwhile and committed, READ COMMITTED goes on with
/// the row's newer version, if that still fulfils the statement's conditions; REPEATABLE READ gives
/// up.
public final class ModifyOperator implements ModifyingOperator {
  private final ExecState state;
  private final EvalFrame frame;
  private final Operator input;
  private final TableWriter writer;
  private final StoredTable stored;
  private final RowShape shape;
  private final boolean delete;

  /// How the newest version of a row is locked before it is looked at.
  private final RowLock strength;

  private final int[] assigned;
  private final Evaluator[] values;
  private final @Nullable Evaluator recheck;
  private final Evaluator[] returning;
  private final Batch before;
  private final Batch after;
  private final @Nullable Batch output;

  /// For the long values of a newer row version.
  private final @Nullable Detoaster detoaster;

  private final int[] fetched;

  private enum Step {
    COMPUTE,
    WRITE,
    LOCK,
    DETOAST,
    RECHECK,
    RETURN
  }

  private @Nullable Batch batch;
  private int row;
  private Step step = Step.COMPUTE;
  private long tid;
  private int nextValue;
  private int outputRows;
  private long count;

  /// @param shape where the input has the target's columns and its rows' places
  /// @param assigned the columns that get new values, from 0
  /// @param values over the input
  /// @param fetched for each of the target's columns the input's, or -1 for those whose long values
  ///   the statement does not look at
  /// @param returning over the input, in which the target's columns have their new values then
  public ModifyOperator(
      ExecState state,
      EvalFrame frame,
      Operator input,
      TableWriter writer,
      RowShape shape,
      int[] fetched,
      boolean delete,
      int[] assigned,
      Evaluator[] values,
      @Nullable Evaluator recheck,
      Evaluator[] returning,
      @Nullable Batch output) {
    this.state = state;
    this.frame = frame;
    this.input = input;
    this.writer = writer;
    this.stored = writer.stored();
    this.shape = shape;
    this.fetched = fetched.clone();
    this.detoaster = stored.newDetoaster();
    this.delete = delete;
    this.strength = delete || stored.hasUnique(assigned) ? RowLock.UPDATE : RowLock.NO_KEY_UPDATE;
    this.assigned = assigned;
    this.values = values;
    this.recheck = recheck;
    this.returning = returning;
    this.before = stored.newRows(1);
    this.after = stored.newRows(1);
    this.output = output;
  }

  @Override
  public @Nullable Batch next() {
    while (outputRows < Batch.TARGET_ROWS) {
      Batch rows = batch;
      if (rows == null) {
        rows = input.next();
        if (rows == null) {
          break;
        }
        batch = rows;
        row = 0;
      }
      while (row < rows.size() && outputRows < Batch.TARGET_ROWS) {
        if (step == Step.COMPUTE && nextValue == 0) {
          state.tickRow();
        }
        frame.input = rows;
        frame.row = row;
        change(rows);
        row++;
        step = Step.COMPUTE;
        nextValue = 0;
      }
      if (row == rows.size()) {
        batch = null;
        state.tick();
      }
    }
    if (outputRows == 0 || output == null) {
      return null;
    }
    output.setSize(outputRows);
    outputRows = 0;
    return output;
  }

  /// Carries the change of one row through its steps.
  private void change(Batch rows) {
    while (true) {
      switch (step) {
        case COMPUTE -> {
          tid = rows.column(shape.ctidColumn()).getLong(row);
          crosscheck();
          if (!delete) {
            compute(rows);
          }
          step = Step.WRITE;
        }
        case WRITE -> {
          ModifyResult result = write();
          switch (result.status()) {
            case OK -> {
              count++;
              if (!delete) {
                showNewValues(rows, result.tid());
              }
              step = Step.RETURN;
            }
            case INVISIBLE, SELF_MODIFIED, WOULD_BLOCK -> {
              return;
            }
            case UPDATED -> {
              refuseInRepeatableRead("update");
              tid = result.tid();
              step = Step.LOCK;
            }
            case DELETED -> {
              refuseInRepeatableRead("delete");
              return;
            }
          }
        }
        case LOCK -> {
          ModifyResult result = lockNewest(rows);
          if (result.status() == ModifyResult.Status.UPDATED) {
            tid = result.tid();
          } else if (result.ok()) {
            step = Step.DETOAST;
          } else {
            return;
          }
        }
        case DETOAST -> {
          if (detoaster != null) {
            detoaster.resolveRow(rows, row, fetched);
          }
          step = Step.RECHECK;
        }
        case RECHECK -> {
          boolean passes = recheck == null || recheck.isTrue(frame);
          frame.rowDone();
          if (!passes) {
            return;
          }
          nextValue = 0;
          step = Step.COMPUTE;
        }
        case RETURN -> {
          emit();
          return;
        }
      }
    }
  }

  /// A foreign key finds more rows than the transaction's snapshot shows, to act upon none of them.
  private void crosscheck() {
    Snapshot snapshot = state.crosscheck();
    if (snapshot == null) {
      return;
    }
    long[] seen = {0};
    stored
        .table()
        .fetch(state.xact(), snapshot, tid, (version, memory, offset, length) -> seen[0] = version);
    if (seen[0] != tid) {
      throw cannotSerialize("update");
    }
  }

  private ModifyResult write() {
    try {
      return delete
          ? writer.delete(state.xact(), tid)
          : writer.update(state.xact(), tid, before, 0, after, 0);
    } catch (NotYet waiting) {
      waiting(delete ? "deleting tuple" : "updating tuple");
      throw waiting;
    }
  }

  private void waiting(String doing) {
    // A wait for an index entry has told already what it is for.
    if (!writer.inIndexes()) {
      RowWait.during(state, doing, tid, stored.relation().name());
    }
  }

  private void refuseInRepeatableRead(String what) {
    if (state.xact().isolation() == IsolationLevel.REPEATABLE_READ) {
      throw cannotSerialize(what);
    }
  }

  static PgException cannotSerialize(String what) {
    return PgException.error(
        SqlState.T_R_SERIALIZATION_FAILURE,
        "could not serialize access due to concurrent %s",
        what);
  }

  private void compute(Batch rows) {
    int[] places = shape.targets();
    if (nextValue == 0) {
      for (int c = 0; c < before.width(); c++) {
        if (c >= places.length || places[c] < 0) {
          before.column(c).setNull(0);
          after.column(c).setNull(0);
        } else {
          before.column(c).copy(0, rows.column(places[c]), row);
          after.column(c).copy(0, rows.column(places[c]), row);
        }
      }
      before.setSize(1);
      after.setSize(1);
    }
    while (nextValue < assigned.length) {
      values[nextValue].evalInto(frame, after.column(assigned[nextValue]), 0);
      frame.rowDone();
      nextValue++;
    }
  }

  /// Locks a newer version of the row and puts it into the place of the older one. It stays locked
  /// even if the statement has no use for it.
  private ModifyResult lockNewest(Batch rows) {
    try {
      return stored
          .table()
          .lock(
              state.xact(),
              tid,
              strength,
              LockWaitPolicy.BLOCK,
              (version, memory, offset, length) -> {
                stored.codec().deform(memory, offset, length, shape.targets(), rows, row);
                shape.setSystem(rows, row, version);
              });
    } catch (NotYet waiting) {
      waiting("locking updated version");
      throw waiting;
    }
  }

  private void showNewValues(Batch rows, long newTid) {
    if (output == null) {
      return;
    }
    int[] places = shape.targets();
    for (int c = 0; c < places.length; c++) {
      if (places[c] >= 0) {
        rows.column(places[c]).copy(row, after.column(c), 0);
      }
    }
    shape.setSystem(rows, row, newTid);
  }

  private void emit() {
    if (output == null) {
      return;
    }
    for (int i = 0; i < returning.length; i++) {
      returning[i].evalInto(frame, output.column(i), outputRows);
    }
    frame.rowDone();
    outputRows++;
  }

  @Override
  public long count() {
    return count;
  }

  @Override
  public void rescan() {
    throw new IllegalStateException("a statement that changes data runs once");
  }

  @Override
  public void close() {
    input.close();
  }
}
