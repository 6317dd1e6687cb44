package dev.lifeline.utils.batch;

import java.util.List;

/// Some rows: columns of the same length. An operator fills the same batch again and again, so a
/// batch is only good until the operator that returned it is asked for the next.
public final class Batch {
  /// How many rows an operator gathers before it hands them on.
  public static final int TARGET_ROWS = 1024;

  private final Column[] columns;
  private int size;

  public Batch(List<Rep> reps, int capacity) {
    columns = new Column[reps.size()];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = new Column(reps.get(i), capacity);
    }
  }

  /// A batch over columns that others own, as a projection that only picks columns makes it.
  public Batch(Column[] columns) {
    this.columns = columns.clone();
  }

  public int size() {
    return size;
  }

  public void setSize(int size) {
    this.size = size;
  }

  public int width() {
    return columns.length;
  }

  public Column column(int index) {
    return columns[index];
  }
}
