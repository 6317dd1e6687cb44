package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// The rows of a WITH query, which are computed when a reference first asks for them, and kept for
/// the others.
public final class CteStore {
  private final Operator query;
  private final RowStore rows;
  private boolean atEnd;

  public CteStore(Operator query, List<Rep> reps) {
    this.query = query;
    this.rows = new RowStore(reps, 64);
  }

  /// Whether there is a row with that number.
  boolean has(int row) {
    while (!atEnd && row >= rows.size()) {
      Batch batch = query.next();
      if (batch == null) {
        atEnd = true;
      } else {
        rows.addAll(batch);
      }
    }
    return row < rows.size();
  }

  RowStore rows() {
    return rows;
  }
}
