package dev.lifeline.executor.node;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.table.LockWaitPolicy;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.RowLock;
import dev.lifeline.access.table.TupleSink;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// `SELECT ... FOR UPDATE` and its kin: locks the rows that pass through. One that has changed
/// meanwhile is passed on in its newer version, if that still fulfils the statement's conditions.
///
/// Rows are passed on one by one, so that a LIMIT or a cursor above locks no more rows than it
/// gives out.
public final class LockRowsOperator implements Operator {
  /// One table whose rows are locked.
  ///
  /// @param shape where the input has the table's columns and its rows' places
  /// @param skip SKIP LOCKED
  /// @param noWait NOWAIT
  public record Mark(
      StoredTable stored, RowShape shape, RowLock strength, boolean skip, boolean noWait) {
    LockWaitPolicy policy() {
      return skip || noWait ? LockWaitPolicy.RETURN : LockWaitPolicy.BLOCK;
    }
  }

  private final ExecState state;
  private final EvalFrame frame;
  private final Operator input;

  /// An outer join, looked at again after a row on its left side was found changed.
  ///
  /// @param columns those of its right side: null where the condition does not hold
  public record NullableSide(Evaluator condition, List<Integer> columns) {
    public NullableSide {
      columns = List.copyOf(columns);
    }
  }

  private final List<Mark> marks;
  private final List<NullableSide> nullableSides;
  private final @Nullable Evaluator recheck;
  private @Nullable Batch batch;
  private int row;
  private int mark;
  private boolean changed;
  private boolean refetching;

  /// Fetches the long values of a newer row version that was just fetched.
  private @Nullable Detoaster detoaster;

  private long tid;
  private @Nullable Batch output;

  public LockRowsOperator(
      ExecState state,
      EvalFrame frame,
      Operator input,
      List<Mark> marks,
      List<NullableSide> nullableSides,
      @Nullable Evaluator recheck) {
    this.state = state;
    this.frame = frame;
    this.input = input;
    this.marks = List.copyOf(marks);
    this.nullableSides = List.copyOf(nullableSides);
    this.recheck = recheck;
  }

  @Override
  public @Nullable Batch next() {
    while (true) {
      Batch rows = batch;
      if (rows == null) {
        rows = input.next();
        if (rows == null) {
          return null;
        }
        batch = rows;
        row = 0;
        beginRow(rows);
      }
      while (row < rows.size()) {
        boolean keep = lockRow(rows);
        int done = row++;
        beginRow(rows);
        if (keep) {
          return single(rows, done);
        }
      }
      batch = null;
    }
  }

  private Batch single(Batch rows, int from) {
    Batch one = output;
    if (one == null) {
      Column[] columns = new Column[rows.width()];
      for (int c = 0; c < columns.length; c++) {
        columns[c] = new Column(rows.column(c).rep(), 1);
      }
      one = new Batch(columns);
      output = one;
    }
    for (int c = 0; c < rows.width(); c++) {
      one.column(c).copy(0, rows.column(c), from);
    }
    one.setSize(1);
    return one;
  }

  private void beginRow(Batch rows) {
    mark = 0;
    changed = false;
    refetching = false;
    detoaster = null;
    if (row < rows.size()) {
      nextTid(rows);
    }
  }

  private void nextTid(Batch rows) {
    int column = marks.get(mark).shape().ctidColumn();
    tid = rows.column(column).isNull(row) ? 0 : rows.column(column).getLong(row);
  }

  /// @return whether the row is locked and still one of the statement's
  private boolean lockRow(Batch rows) {
    while (mark < marks.size()) {
      Mark current = marks.get(mark);
      if (refetching) {
        if (!refetch(current, rows)) {
          return false;
        }
        refetching = false;
        detoaster = current.stored().newDetoaster();
        changed = true;
      }
      if (detoaster != null) {
        detoaster.resolveRow(rows, row, current.shape().targets());
        detoaster = null;
      }
      if (tid != 0) {
        ModifyResult result = lock(current);
        switch (result.status()) {
          case OK, SELF_MODIFIED -> {}
          case UPDATED -> {
            refuseInRepeatableRead("update");
            tid = result.tid();
            refetching = true;
            continue;
          }
          case DELETED -> {
            refuseInRepeatableRead("update");
            return false;
          }
          case INVISIBLE -> {
            return false;
          }
          case WOULD_BLOCK -> {
            if (current.skip()) {
              return false;
            }
            throw PgException.error(
                SqlState.LOCK_NOT_AVAILABLE,
                "could not obtain lock on row in relation \"%s\"",
                current.stored().relation().name());
          }
        }
      }
      mark++;
      if (mark < marks.size()) {
        nextTid(rows);
      }
    }
    return !changed || fulfils(rows);
  }

  private ModifyResult lock(Mark current) {
    try {
      return current
          .stored()
          .table()
          .lock(state.xact(), tid, current.strength(), current.policy(), TupleSink.NONE);
    } catch (NotYet waiting) {
      RowWait.during(state, "locking tuple", tid, current.stored().relation().name());
      throw waiting;
    }
  }

  private void refuseInRepeatableRead(String what) {
    if (state.xact().isolation() == IsolationLevel.REPEATABLE_READ) {
      throw ModifyOperator.cannotSerialize(what);
    }
  }

  private boolean refetch(Mark current, Batch rows) {
    return current
        .stored()
        .table()
        .fetchVersion(
            tid,
            (version, memory, offset, length) -> {
              current
                  .stored()
                  .codec()
                  .deform(memory, offset, length, current.shape().targets(), rows, row);
              current.shape().setSystem(rows, row, version);
            });
  }

  private boolean fulfils(Batch rows) {
    frame.input = rows;
    frame.row = row;
    for (NullableSide side : nullableSides) {
      if (!side.condition().isTrue(frame)) {
        side.columns().forEach(column -> rows.column(column).setNull(row));
      }
    }
    if (recheck == null) {
      frame.rowDone();
      return true;
    }
    boolean result = recheck.isTrue(frame);
    frame.rowDone();
    return result;
  }

  @Override
  public void rescan() {
    batch = null;
    input.rescan();
  }

  @Override
  public void close() {
    input.close();
  }
}
