package dev.lifeline.executor.node;

import dev.lifeline.utils.batch.Batch;
import dev.lifeline.utils.batch.Rep;
import java.util.List;

/// The rows of a WITH query, which are computed when a reference first asks for them, and kept for
/// the others.
public final class CteStore {
  private final Operator query;
  private final RowStore rows;
  private final ParameterWatch watch;
  private boolean begun;
  private boolean atEnd;

  /// @param watch of what the query depends on
  public CteStore(Operator query, List<Rep> reps, ParameterWatch watch) {
    this.watch = watch;
    this.query = query;
    this.rows = new RowStore(reps, 64);
  }

  /// A reference starts over: where the query reads something of queries around it that has changed
  /// since, it is computed again.
  void refresh() {
    if (begun && watch.changed()) {
      begun = false;
      query.rescan();
      rows.clear();
      atEnd = false;
    }
  }

  /// Whether there is a row with that number.
  boolean has(int row) {
    if (!begun) {
      watch.remember();
      begun = true;
    }
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

  /// Runs the query to its end, for the sake of what it does: rows that nobody has asked for are
  /// not kept.
  void finish() {
    begun = true;
    while (!atEnd) {
      atEnd = query.next() == null;
    }
  }

  void close() {
    query.close();
  }

  RowStore rows() {
    return rows;
  }
}
