package dev.lifeline.executor;

import dev.lifeline.access.common.ToastedValue;
import dev.lifeline.access.common.TupleCodec;
import dev.lifeline.access.heap.ToastDelete;
import dev.lifeline.access.heap.ToastTable;
import dev.lifeline.access.heap.TupleToaster;
import dev.lifeline.access.transam.Xact;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Column;
import dev.lifeline.utils.batch.Rep;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a [TableWriter] does about long values: moves those of new rows out of line, leaves those
/// that an update does not touch where they are, and deletes those that no row has any more.
///
/// Methods may throw [dev.lifeline.utils.NotYet], and are then called again with the same
/// arguments.
final class TableToaster {
  private final StoredTable stored;
  private final ToastTable toast;
  private final TupleCodec codec;
  private final TupleToaster tuples;
  private final ArrayDeque<ToastDelete> doomed = new ArrayDeque<>();
  private final List<Lent> lent = new ArrayList<>();

  /// The toasted values of the row version that is being replaced or deleted.
  private @Nullable ToastedValue @Nullable [] old;

  /// A value of a row in whose place its toasted form stands.
  private record Lent(Column column, Object value) {}

  private TableToaster(StoredTable stored, ToastTable toast, EvalFrame frame) {
    this.stored = stored;
    this.toast = toast;
    this.codec = stored.codec();
    char[] storage = new char[stored.types().size()];
    for (int i = 0; i < storage.length; i++) {
      storage[i] = stored.relation().columns().get(i).storage();
    }
    Runnable tick = frame.owner instanceof ExecState state ? state::tick : () -> {};
    this.tuples = new TupleToaster(codec, storage, toast, tick);
  }

  static @Nullable TableToaster of(StoredTable stored, EvalFrame frame) {
    ToastTable toast = stored.toast();
    return toast == null ? null : new TableToaster(stored, toast, frame);
  }

  /// The payload with its long values out of line, or itself where it is short enough.
  byte[] toast(Xact xact, byte[] payload) {
    return TupleToaster.isNeeded(payload) ? tuples.toast(xact, payload) : payload;
  }

  /// Notes the long values of a row version.
  void remember(long tid) {
    old = null;
    stored
        .table()
        .fetchVersion(
            tid,
            (version, memory, offset, length) -> {
              byte[] payload = new byte[length];
              MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset, payload, 0, length);
              old = codec.toastedValues(payload);
            });
  }

  /// Puts the toasted values of the old row version back into the columns that an update leaves
  /// alone, for as long as the new version is formed.
  void lendUnchanged(Batch before, int beforeRow, Batch rows, int row) {
    @Nullable ToastedValue[] all = old;
    for (int c = 0; all != null && c < all.length; c++) {
      Column column = rows.column(c);
      ToastedValue value = all[c];
      if (value != null && isSame(before.column(c), beforeRow, column, row)) {
        lent.add(new Lent(column, Objects.requireNonNull(column.getObject(row))));
        column.setObject(row, value);
      }
    }
  }

  /// Whether a column still has the very object that it had before: no assignment has touched it.
  @SuppressWarnings("ReferenceEquality") // to compare long values is what this is to save
  static boolean isSame(Column before, int beforeRow, Column now, int row) {
    return now.rep() == Rep.OBJECT
        && now.getObject(row) != null
        && now.getObject(row) == before.getObject(beforeRow);
  }

  /// Undoes [#lendUnchanged].
  void takeBack(int row) {
    lent.forEach(one -> one.column.setObject(row, one.value));
    lent.clear();
  }

  /// After an update: deletes what the old row version had out of line and the new one has not.
  void deleteReplaced(Xact xact, byte[] payload) {
    if (old != null) {
      @Nullable ToastedValue[] kept = codec.toastedValues(payload);
      doom(kept == null ? new @Nullable ToastedValue[0] : kept);
    }
    runDeletes(xact);
  }

  /// After a delete: deletes what the row version had out of line.
  void deleteAll(Xact xact) {
    doom(new @Nullable ToastedValue[0]);
    runDeletes(xact);
  }

  /// After a row was taken back: takes back what it had out of line.
  void retractAll(Xact xact) {
    doom(new @Nullable ToastedValue[0]);
    while (!doomed.isEmpty()) {
      doomed.getFirst().retract(xact);
      doomed.removeFirst();
    }
  }

  private void doom(@Nullable ToastedValue[] kept) {
    @Nullable ToastedValue[] all = old;
    for (int c = 0; all != null && c < all.length; c++) {
      ToastedValue value = all[c];
      ToastedValue now = c < kept.length ? kept[c] : null;
      if (value != null && value.isExternal() && (now == null || !now.sameAs(value))) {
        doomed.add(new ToastDelete(toast, value.valueId()));
      }
    }
    old = null;
  }

  private void runDeletes(Xact xact) {
    while (!doomed.isEmpty()) {
      doomed.getFirst().run(xact);
      doomed.removeFirst();
    }
  }

  /// Forgets a row that was begun.
  void reset() {
    old = null;
    doomed.clear();
    tuples.reset();
  }
}
