package dev.lifeline.executor;

import dev.lifeline.access.heap.Detoaster;
import dev.lifeline.access.index.Index;
import dev.lifeline.access.index.UniqueCheck;
import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.access.table.ModifyResult;
import dev.lifeline.access.table.Speculation;
import dev.lifeline.access.transam.LoggedTable;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.StoredTable.StoredIndex;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.executor.node.RowWait;
import dev.lifeline.executor.trigger.TableTriggers;
import dev.lifeline.utils.NotYet;
import dev.lifeline.utils.adt.ByteWriter;
import dev.lifeline.utils.adt.TypeOps;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.error.PgException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes rows into a table and its indexes, and refuses those that violate its constraints.
/// INSERT, UPDATE and COPY go through here. One for each execution.
///
/// Any step may have to wait; the call is then repeated with the same arguments, and goes on with
/// the step that it stopped at.
public final class TableWriter {
  private final StoredTable stored;
  private final List<RowCheck> checks;
  private final EvalFrame frame;
  private final RowDescriber describer;

  /// For a table that may have long values elsewhere.
  private final @Nullable TableToaster toaster;

  private final BulkInsert bulk;
  private final ByteWriter payloadWriter = new ByteWriter(256);
  private final ByteWriter keyWriter = new ByteWriter(32);

  private @Nullable Batch columnsOf;
  private List<Column> rowColumns = List.of();

  /// The keys of each index.
  private final List<IndexForm.Keys> keys = new ArrayList<>();

  private @Nullable Detoaster describing;

  private enum Step {
    CHECK,
    TOAST,
    HEAP,
    ARBITERS,
    RETRACT,
    INDEXES,
    CLEAN_UP
  }

  private Step step = Step.CHECK;
  private List<byte[]> payloads = List.of();
  private long[] tids = {};
  private int toasted;
  private int inserted;
  private int nextRow;
  private int checkedRow;
  private int nextIndex;
  private @Nullable ModifyResult updated;

  /// The row that is being inserted may be taken back.
  private @Nullable Speculation speculation;

  /// What the table's foreign keys want to be told; null where nobody is interested.
  private final @Nullable TableTriggers triggers;

  /// @param frame for the checks; its input is set here
  /// @param triggers of the table; null where there are none or they are not to be fired
  public TableWriter(
      StoredTable stored,
      List<RowCheck> checks,
      EvalFrame frame,
      @Nullable TableTriggers triggers) {
    this(stored, checks, frame, triggers, new BulkInsert());
  }

  /// As [#TableWriter(StoredTable, List, EvalFrame, TableTriggers)], for who fills the table.
  public TableWriter(
      StoredTable stored,
      List<RowCheck> checks,
      EvalFrame frame,
      @Nullable TableTriggers triggers,
      BulkInsert bulk) {
    this.triggers = triggers;
    this.bulk = bulk;
    this.stored = stored;
    this.checks = List.copyOf(checks);
    this.frame = frame;
    this.describer = new RowDescriber(stored, frame.context());
    stored.indexes().forEach(index -> keys.add(index.form().newKeys(frame)));
    this.toaster = TableToaster.of(stored, frame);
  }

  public StoredTable stored() {
    return stored;
  }

  private void use(Batch rows) {
    if (columnsOf == rows) {
      return;
    }
    columnsOf = rows;
    int width = stored.types().size();
    List<Column> columns = new ArrayList<>(width);
    for (int c = 0; c < width; c++) {
      columns.add(rows.column(c));
    }
    rowColumns = columns;
  }

  /// Tells logical decoding of the table, where it has not been told.
  private void announce(Xact xact) {
    LoggedTable logged = stored.logged();
    if (logged != null) {
      xact.willChange(logged);
    }
  }

  /// Inserts all rows of a batch, whose first columns are the table's.
  ///
  /// @return the rows' tids, in an array that the next call uses again
  public long[] insertAll(Xact xact, Batch rows) {
    use(rows);
    announce(xact);
    int count = rows.size();
    if (step == Step.CHECK) {
      payloads = new ArrayList<>(count);
      for (int row = 0; row < count; row++) {
        checkedRow = row;
        check(rows, row);
        payloads.add(form(row));
      }
      if (tids.length < count) {
        tids = new long[count];
      }
      inserted = 0;
      toasted = 0;
      step = Step.TOAST;
    }
    if (step == Step.TOAST) {
      toastPayloads(xact);
      step = Step.HEAP;
    }
    if (step == Step.HEAP) {
      insertTuples(xact, count);
      nextRow = 0;
      nextIndex = 0;
      step = Step.INDEXES;
    }
    while (nextRow < count) {
      if (frame.owner instanceof ExecState state && nextIndex == 0) {
        state.tickRow();
      }
      insertEntries(xact, rows, nextRow, tids[nextRow]);
      if (triggers != null) {
        triggers.inserted(xact, rows, nextRow, tids[nextRow]);
      }
      nextRow++;
    }
    step = Step.CHECK;
    return tids;
  }

  /// The row of the batch that [#insertAll] has failed at.
  public int currentRow() {
    return switch (step) {
      case CHECK -> checkedRow;
      case TOAST -> toasted;
      case HEAP -> inserted;
      case ARBITERS, RETRACT, INDEXES, CLEAN_UP -> nextRow;
    };
  }

  /// Long values go out of line before their rows are there.
  private void toastPayloads(Xact xact) {
    TableToaster current = toaster;
    for (; current != null && toasted < payloads.size(); toasted++) {
      payloads.set(toasted, current.toast(xact, payloads.get(toasted)));
    }
  }

  private void insertTuples(Xact xact, int count) {
    if (count == 1) {
      tids[0] = stored.table().insert(xact, payloads.getFirst());
      return;
    }
    while (inserted < count) {
      inserted += stored.table().multiInsert(xact, payloads, inserted, tids, bulk);
    }
  }

  private byte[] form(int row) {
    payloadWriter.clear();
    stored.codec().form(rowColumns, row, payloadWriter);
    return payloadWriter.toBytes();
  }

  private void insertEntries(Xact xact, Batch rows, int row, long tid) {
    List<StoredIndex> indexes = stored.indexes();
    while (nextIndex < indexes.size()) {
      StoredIndex index = indexes.get(nextIndex);
      if (insertEntry(xact, nextIndex, rows, row, tid, UniqueCheck.YES) != Index.NO_CONFLICT) {
        step = Step.CHECK;
        checkedRow = row;
        throw describer.duplicateKey(index, keys.get(nextIndex));
      }
      nextIndex++;
    }
    nextIndex = 0;
  }

  private long insertEntry(
      Xact xact, int number, Batch rows, int row, long tid, UniqueCheck check) {
    StoredIndex index = stored.indexes().get(number);
    IndexForm.Keys key = keys.get(number);
    if (!key.of(rows, row)) {
      return Index.NO_CONFLICT;
    }
    boolean unique = index.definition().unique() && key.canConflict();
    keyWriter.clear();
    key.encodeEntry(keyWriter);
    try {
      return index.index().insert(xact, keyWriter.toBytes(), tid, unique ? check : UniqueCheck.NO);
    } catch (NotYet waiting) {
      xact.proc()
          .lockOwner()
          .waitContext(
              RowWait.context("inserting index tuple", tid, index.definition().name()),
              stored.relation().name());
      throw waiting;
    }
  }

  /// The key of a row in an index, or null where it conflicts with nothing.
  public byte @Nullable [] uniqueKey(StoredIndex index, Batch rows, int row) {
    use(rows);
    IndexForm.Keys key = keys.get(stored.indexes().indexOf(index));
    if (!key.of(rows, row) || !key.canConflict()) {
      return null;
    }
    keyWriter.clear();
    key.encode(keyWriter);
    return keyWriter.toBytes();
  }

  /// As [#insertAll], of one row, where a conflict in one of some indexes is no error: then the row
  /// is taken back. These indexes come first, so that as long as the row may be taken back nobody
  /// is waited for; PostgreSQL calls it a speculative insertion.
  ///
  /// @param arbiters the oids of these indexes; empty: all unique ones
  /// @return whether the row is there; where it is not, somebody has, or may have, inserted one
  ///   with the same key
  public boolean tryInsert(Xact xact, Batch rows, int row, List<Integer> arbiters) {
    use(rows);
    announce(xact);
    if (step == Step.CHECK) {
      check(rows, row);
      payloads = new ArrayList<>(List.of(form(row)));
      toasted = 0;
      step = Step.TOAST;
    }
    if (step == Step.TOAST) {
      toastPayloads(xact);
      step = Step.HEAP;
    }
    if (step == Step.HEAP) {
      if (tids.length == 0) {
        tids = new long[1];
      }
      if (speculation == null) {
        speculation = stored.table().speculate(xact);
      }
      tids[0] = stored.table().insert(xact, payloads.getFirst());
      nextIndex = 0;
      step = Step.ARBITERS;
    }
    if (step == Step.ARBITERS) {
      boolean alone = insertArbiters(xact, rows, row, arbiters);
      nextIndex = 0;
      step = alone ? Step.INDEXES : Step.RETRACT;
      if (alone) {
        endSpeculation();
      }
    }
    if (step == Step.RETRACT || step == Step.CLEAN_UP) {
      retract(xact);
      return false;
    }
    insertOthers(xact, rows, row, arbiters);
    step = Step.CHECK;
    if (triggers != null) {
      triggers.inserted(xact, rows, row, tids[0]);
    }
    return true;
  }

  private boolean insertArbiters(Xact xact, Batch rows, int row, List<Integer> arbiters) {
    List<StoredIndex> indexes = stored.indexes();
    for (; nextIndex < indexes.size(); nextIndex++) {
      if (isArbiter(indexes.get(nextIndex), arbiters)
          && insertEntry(xact, nextIndex, rows, row, tids[0], UniqueCheck.PARTIAL)
              != Index.NO_CONFLICT) {
        return false;
      }
    }
    return true;
  }

  private void insertOthers(Xact xact, Batch rows, int row, List<Integer> arbiters) {
    List<StoredIndex> indexes = stored.indexes();
    for (; nextIndex < indexes.size(); nextIndex++) {
      StoredIndex index = indexes.get(nextIndex);
      if (!isArbiter(index, arbiters)
          && insertEntry(xact, nextIndex, rows, row, tids[0], UniqueCheck.YES)
              != Index.NO_CONFLICT) {
        step = Step.CHECK;
        throw describer.duplicateKey(index, keys.get(nextIndex));
      }
    }
  }

  private void retract(Xact xact) {
    TableToaster current = toaster;
    if (step == Step.RETRACT) {
      if (current != null) {
        current.remember(tids[0]);
      }
      stored.table().retract(xact, tids[0]);
      endSpeculation();
      step = Step.CLEAN_UP;
    }
    if (current != null) {
      current.retractAll(xact);
    }
    step = Step.CHECK;
  }

  private void endSpeculation() {
    if (speculation != null) {
      speculation.end();
      speculation = null;
    }
  }

  /// The statement has ended, be it in the middle of a row.
  public void close() {
    endSpeculation();
  }

  public static boolean isArbiter(StoredIndex index, List<Integer> arbiters) {
    return index.definition().unique()
        && (arbiters.isEmpty() || arbiters.contains(index.definition().oid()));
  }

  /// Replaces a row version.
  ///
  /// @param before the row as it is, by the table's columns
  /// @param rows has the new row, at `row`
  /// @return what became of it; where it is not OK, nothing was written
  public ModifyResult update(
      Xact xact, long tid, Batch before, int beforeRow, Batch rows, int row) {
    use(rows);
    announce(xact);
    if (step == Step.CHECK) {
      check(rows, row);
      payloads = new ArrayList<>(List.of(formUpdated(tid, before, beforeRow, rows, row)));
      toasted = 0;
      step = Step.TOAST;
    }
    if (step == Step.TOAST) {
      toastPayloads(xact);
      step = Step.HEAP;
    }
    if (step == Step.HEAP) {
      boolean indexed = indexedChanged(before, beforeRow, rows, row, false);
      boolean key = indexed && indexedChanged(before, beforeRow, rows, row, true);
      updated = stored.table().update(xact, tid, payloads.getFirst(), indexed, key);
      nextIndex = 0;
      step = Step.INDEXES;
    }
    ModifyResult result = updated;
    if (result == null) {
      throw new IllegalStateException("an update without a result");
    }
    if (step == Step.INDEXES && result.ok() && result.needsIndexEntries()) {
      insertEntries(xact, rows, row, result.tid());
    }
    step = Step.CLEAN_UP;
    if (toaster != null && result.ok()) {
      toaster.deleteReplaced(xact, payloads.getFirst());
    }
    step = Step.CHECK;
    if (triggers != null && result.ok()) {
      triggers.updated(xact, tid, before, beforeRow, result.tid(), rows, row);
    }
    return result;
  }

  /// Deletes a row version, and its long values.
  public ModifyResult delete(Xact xact, long tid) {
    announce(xact);
    TableToaster current = toaster;
    if (current == null) {
      return told(xact, tid, stored.table().delete(xact, tid));
    }
    if (step == Step.CHECK) {
      current.remember(tid);
      step = Step.HEAP;
    }
    if (step == Step.HEAP) {
      updated = stored.table().delete(xact, tid);
      step = Step.CLEAN_UP;
    }
    ModifyResult result = updated;
    if (result == null) {
      throw new IllegalStateException("a delete without a result");
    }
    if (result.ok()) {
      current.deleteAll(xact);
    }
    step = Step.CHECK;
    return told(xact, tid, result);
  }

  private ModifyResult told(Xact xact, long tid, ModifyResult deleted) {
    if (triggers != null && deleted.ok()) {
      triggers.deleted(xact, tid);
    }
    return deleted;
  }

  private byte[] formUpdated(long tid, Batch before, int beforeRow, Batch rows, int row) {
    TableToaster current = toaster;
    if (current == null) {
      return form(row);
    }
    current.remember(tid);
    current.lendUnchanged(before, beforeRow, rows, row);
    try {
      return form(row);
    } finally {
      current.takeBack(row);
    }
  }

  /// @param keys looks at those columns only by which other tables may refer to the row
  private boolean indexedChanged(Batch before, int beforeRow, Batch rows, int row, boolean keys) {
    for (StoredIndex index : stored.indexes()) {
      if (keys && !index.definition().isUniqueKey()) {
        continue;
      }
      for (int column : index.columns()) {
        Column old = before.column(column);
        Column now = rows.column(column);
        boolean isNull = now.isNull(row);
        if (isNull != old.isNull(beforeRow)) {
          return true;
        }
        TypeOps ops = stored.types().get(column).ops();
        if (isNull || TableToaster.isSame(old, beforeRow, now, row)) {
          continue;
        }
        if (ops.compare(old, beforeRow, now, row) != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /// Checks what the constraints of the table say of a row that may not be inserted at all because
  /// another one is there.
  public void checkProposed(Batch rows, int row) {
    use(rows);
    check(rows, row);
  }

  /// Computes the generated columns of a new row.
  private void generate(Batch rows, int row) {
    for (GeneratedColumn column : stored.generated()) {
      frame.input = rows;
      frame.row = row;
      column.value().evalInto(frame, rows.column(column.position()), row);
      frame.rowDone();
    }
  }

  private void check(Batch rows, int row) {
    generate(rows, row);
    List<Relation.Column> columns = stored.relation().columns();
    for (int c = 0; c < columns.size(); c++) {
      if (columns.get(c).notNull() && !columns.get(c).dropped() && rows.column(c).isNull(row)) {
        fetchAll(rows, row);
        throw describer.notNull(columns.get(c), rows, row);
      }
    }
    for (RowCheck check : checks) {
      frame.input = rows;
      frame.row = row;
      long result = check.condition().evalLong(frame);
      boolean violated = !frame.isNull && result == 0;
      frame.rowDone();
      if (violated) {
        fetchAll(rows, row);
        PgException error = describer.check(check.name(), rows, row);
        throw error;
      }
    }
  }

  /// The message shows the whole row, also what the statement has not looked at.
  private void fetchAll(Batch rows, int row) {
    Detoaster detoaster = describing == null ? stored.newDetoaster() : describing;
    describing = detoaster;
    if (detoaster != null) {
      detoaster.resolveRow(rows, row, stored.codec().allAttributes());
    }
  }

  /// Whether a row is written and some of its index entries are not yet.
  public boolean inIndexes() {
    return step == Step.INDEXES;
  }

  /// Forgets a row that was begun: the statement goes on with another one.
  public void reset() {
    step = Step.CHECK;
    if (toaster != null) {
      toaster.reset();
    }
  }
}
