package dev.lifeline.optimizer;

/// What a plan node is expected to cost and to yield.
///
/// @param startup until the first row, in units of a sequentially read page
/// @param total until the last row
/// @param rows how many rows it yields
/// @param width average bytes of a row
public record Cost(double startup, double total, double rows, int width) {
  public Cost {
    rows = clampRows(rows);
  }

  /// No estimate is below one row, and all are whole.
  static double clampRows(double rows) {
    return rows <= 1 || Double.isNaN(rows) ? 1 : Math.min(Math.rint(rows), 1e100);
  }

  Cost withRows(double newRows) {
    return new Cost(startup, total, newRows, width);
  }

  Cost plus(double more) {
    return new Cost(startup, total + more, rows, width);
  }
}
