package dev.lifeline.executor.node;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.IndexScan;
import dev.lifeline.access.table.FetchResult;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.transam.IsolationLevel;
import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.executor.ExecState;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.expr.Evaluator;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.activity.PendingRelation;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// ON CONFLICT: looks for a row that has the same key already, and leaves it or updates it; where
/// there is none, inserts. Another session may insert the same key at the same time: then the row
/// is taken back, and it looks again.
public final class ConflictHandler {
  private enum Step {
    LOOK,
    INSERT,
    UPDATE
  }

  private final ExecState state;
  private final EvalFrame frame;
  private final TableWriter writer;
  private final StoredTable stored;
  private final List<Integer> arbiters;

  /// For DO UPDATE: which columns are assigned, from 0, and their values over the row that is there
  /// (the outer input) and the one that was to be inserted (the inner one). Null for DO NOTHING.
  private final int @Nullable [] assigned;

  private final Evaluator[] values;
  private final @Nullable Evaluator condition;

  /// The row that is there.
  private final Batch existing;

  private final Batch updatedRow;
  private final Batch changed;
  private Step step = Step.LOOK;
  private int arbiter;
  private @Nullable IndexScan scan;
  private boolean onEntry;

  /// The existing row was fetched, but not yet its long values.
  private boolean fetched;

  private final @Nullable Detoaster detoaster;
  private long conflict;

  public ConflictHandler(
      ExecState state,
      EvalFrame frame,
      TableWriter writer,
      List<Integer> arbiters,
      int @Nullable [] assigned,
      Evaluator[] values,
      @Nullable Evaluator condition) {
    this.state = state;
    this.frame = frame;
    this.writer = writer;
    this.stored = writer.stored();
    this.arbiters = List.copyOf(arbiters);
    this.assigned = assigned;
    this.values = values;
    this.condition = condition;
    this.detoaster = stored.newDetoaster();
    this.existing = stored.newRows(1);
    this.updatedRow = stored.newRows(1);
    this.changed = stored.newRows(1);
  }

  /// The rows that were inserted or updated since [#clearChanged].
  Batch changed() {
    return changed;
  }

  void clearChanged() {
    changed.setSize(0);
  }

  /// Inserts a row, or does what is to be done where it is there already.
  ///
  /// @return whether a row was inserted or updated
  boolean insert(Batch rows, int row) {
    while (true) {
      switch (step) {
        case LOOK -> {
          writer.checkProposed(rows, row);
          if (!look(rows, row)) {
            step = Step.INSERT;
          } else if (assigned == null) {
            return done();
          } else {
            step = Step.UPDATE;
          }
        }
        case INSERT -> {
          if (writer.tryInsert(state.xact(), rows, row, arbiters)) {
            remember(rows, row);
            done();
            return true;
          }
          startOver();
        }
        case UPDATE -> {
          ModifyResult.Status status = update(rows, row);
          if (status == ModifyResult.Status.OK) {
            remember(updatedRow, 0);
            done();
            return true;
          }
          if (status == ModifyResult.Status.SELF_MODIFIED) {
            return done();
          }
          startOver();
        }
      }
    }
  }

  private boolean done() {
    startOver();
    return false;
  }

  private void startOver() {
    step = Step.LOOK;
    arbiter = 0;
    writer.reset();
  }

  private void remember(Batch rows, int row) {
    int at = changed.size();
    for (int c = 0; c < changed.width(); c++) {
      changed.column(c).copy(at, rows.column(c), row);
    }
    changed.setSize(at + 1);
  }

  /// The statement has ended.
  void close() {
    writer.close();
  }

  /// Whether there is a row with the same key in one of the indexes that matter.
  private boolean look(Batch rows, int row) {
    Xact xact = state.xact();
    Snapshot snapshot = xact.latestSnapshot().withCommand(xact.commandId() + 1);
    List<StoredTable.StoredIndex> indexes = stored.indexes();
    while (arbiter < indexes.size()) {
      StoredTable.StoredIndex index = indexes.get(arbiter);
      if (TableWriter.isArbiter(index, arbiters) && lookIn(index, rows, row, snapshot)) {
        endScan();
        return true;
      }
      endScan();
      arbiter++;
    }
    arbiter = 0;
    return false;
  }

  private boolean lookIn(StoredTable.StoredIndex index, Batch rows, int row, Snapshot snapshot) {
    IndexScan current = scan;
    if (current == null) {
      byte[] key = writer.uniqueKey(index, rows, row);
      if (key == null) {
        return false;
      }
      current = index.index().scan(key, true, key, true, true);
      counters(index).countScan();
      scan = current;
      onEntry = false;
    }
    while (fetched || onEntry || current.next()) {
      if (fetched) {
        refuseUnseen(current.tid());
        return detoasted();
      }
      if (!onEntry) {
        counters(index).countReturned(1);
        onEntry = true;
      }
      if (!awaitLive(index, current.tid())) {
        onEntry = false;
        continue;
      }
      FetchResult result =
          stored
              .table()
              .fetch(
                  state.xact(),
                  snapshot,
                  current.tid(),
                  (tid, memory, offset, length) -> {
                    stored
                        .codec()
                        .deform(
                            memory, offset, length, stored.codec().allAttributes(), existing, 0);
                    conflict = tid;
                  });
      onEntry = false;
      fetched = result == FetchResult.FOUND;
      if (fetched) {
        counters(index).countFetched();
      }
    }
    return false;
  }

  private boolean detoasted() {
    existing.setSize(1);
    if (detoaster != null) {
      detoaster.resolveRow(existing, 0, stored.codec().allAttributes());
    }
    fetched = false;
    return true;
  }

  /// A row that somebody is about to insert, change or remove is waited for.
  private boolean awaitLive(StoredTable.StoredIndex index, long tid) {
    try {
      return stored.table().awaitLive(state.xact(), tid);
    } catch (NotYet waiting) {
      RowWait.during(state, "inserting index tuple", tid, index.definition().name());
      throw waiting;
    }
  }

  /// REPEATABLE READ must not act upon a row that its snapshot does not see.
  private void refuseUnseen(long tid) {
    Xact xact = state.xact();
    if (xact.isolation() != IsolationLevel.REPEATABLE_READ) {
      return;
    }
    long[] seen = {0};
    stored
        .table()
        .fetch(
            xact,
            state.snapshot().withCommand(xact.commandId() + 1),
            tid,
            (version, memory, offset, length) -> seen[0] = version);
    if (seen[0] != conflict) {
      throw ModifyOperator.cannotSerialize("update");
    }
  }

  private PendingRelation counters(StoredTable.StoredIndex index) {
    Index opened = index.index();
    return state.xact().counters().relation(opened.file().dbOid(), opened.relation());
  }

  private void endScan() {
    if (scan != null) {
      scan.close();
      scan = null;
    }
  }

  private ModifyResult.Status update(Batch rows, int row) {
    int[] columns = assigned;
    if (columns == null) {
      throw new IllegalStateException("DO NOTHING does not update");
    }
    frame.input = existing;
    frame.row = 0;
    frame.inner = rows;
    frame.innerRow = row;
    if (condition != null && !condition.isTrue(frame)) {
      frame.rowDone();
      return ModifyResult.Status.SELF_MODIFIED;
    }
    for (int c = 0; c < updatedRow.width(); c++) {
      updatedRow.column(c).copy(0, existing.column(c), 0);
    }
    for (int i = 0; i < columns.length; i++) {
      values[i].evalInto(frame, updatedRow.column(columns[i]), 0);
    }
    frame.rowDone();
    updatedRow.setSize(1);
    ModifyResult result = write();
    return switch (result.status()) {
      case OK -> ModifyResult.Status.OK;
      case INVISIBLE, SELF_MODIFIED ->
          throw PgException.error(
                  SqlState.CARDINALITY_VIOLATION,
                  "ON CONFLICT DO UPDATE command cannot affect row a second time")
              .hint(
                  "Ensure that no rows proposed for insertion within the same command have"
                      + " duplicate constrained values.");
      case UPDATED, DELETED, WOULD_BLOCK -> {
        if (state.xact().isolation() == IsolationLevel.REPEATABLE_READ) {
          throw ModifyOperator.cannotSerialize("update");
        }
        yield result.status();
      }
    };
  }

  private ModifyResult write() {
    try {
      return writer.update(state.xact(), conflict, existing, 0, updatedRow, 0);
    } catch (NotYet waiting) {
      if (!writer.inIndexes()) {
        RowWait.during(state, "locking tuple", conflict, stored.relation().name());
      }
      throw waiting;
    }
  }
}
