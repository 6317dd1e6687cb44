package dev.lifeline.access.table;

import dev.lifeline.storage.buffer.BufferRing;
import org.jspecify.annotations.Nullable;

/// The place where a COPY or a big INSERT is filling the table: it stays on its page until that is
/// full and then takes a fresh one. One for each statement and table.
public final class BulkInsert {
  /// The block being filled, -1 at the beginning.
  private int block = -1;

  private final @Nullable BufferRing ring;

  /// For some rows.
  public BulkInsert() {
    this(null);
  }

  /// For very many.
  ///
  /// @param ring the buffers to use for the pages that are filled
  public BulkInsert(@Nullable BufferRing ring) {
    this.ring = ring;
  }

  /// For the table that is being filled.
  public @Nullable BufferRing ring() {
    return ring;
  }

  public int block() {
    return block;
  }

  /// For the table that is being filled.
  public void block(int number) {
    this.block = number;
  }
}
