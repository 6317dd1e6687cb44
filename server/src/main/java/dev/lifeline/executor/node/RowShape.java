package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// Which of a table's columns an operator reads, and where it puts them.
public final class RowShape {
  private final List<Rep> reps;
  private final int[] targets;
  private final int ctidColumn;
  private final int tableOidColumn;
  private final int tableOid;

  /// @param reps of the columns of the batch
  /// @param targets for each of the table's columns the batch's, or -1
  /// @param ctidColumn where the row's place goes, or -1
  /// @param tableOidColumn where the table's oid goes, or -1
  public RowShape(List<Rep> reps, int[] targets, int ctidColumn, int tableOidColumn, int tableOid) {
    this.reps = List.copyOf(reps);
    this.targets = targets.clone();
    this.ctidColumn = ctidColumn;
    this.tableOidColumn = tableOidColumn;
    this.tableOid = tableOid;
  }

  Batch newBatch(int capacity) {
    return new Batch(reps, capacity);
  }

  /// For each of the table's columns the batch's, or -1; not to be changed.
  public int[] targets() {
    return targets;
  }

  void setSystem(Batch batch, int row, long tid) {
    if (ctidColumn >= 0) {
      batch.column(ctidColumn).setLong(row, tid);
    }
    if (tableOidColumn >= 0) {
      batch.column(tableOidColumn).setLong(row, Integer.toUnsignedLong(tableOid));
    }
  }

  int ctidColumn() {
    return ctidColumn;
  }
}
