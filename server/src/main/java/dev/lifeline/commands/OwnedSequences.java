package dev.lifeline.commands;

import dev.lifeline.utils.error.PgException;

/// The sequences behind serial and identity columns.
final class OwnedSequences {
  private OwnedSequences() {}

  static void refuse(TableDefinition.Column column) {
    if (column.serial || column.identity != 0) {
      throw PgException.notSupported("a sequence").at(column.location);
    }
  }
}
