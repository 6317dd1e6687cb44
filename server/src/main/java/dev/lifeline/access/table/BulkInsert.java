package dev.lifeline.access.table;

/// The place where a COPY or a big INSERT is filling the table: it stays on its page until that is
/// full and then takes a fresh one. One for each statement and table.
public final class BulkInsert {
  /// The block being filled, -1 at the beginning.
  private int block = -1;

  public int block() {
    return block;
  }

  /// For the table that is being filled.
  public void block(int number) {
    this.block = number;
  }
}
