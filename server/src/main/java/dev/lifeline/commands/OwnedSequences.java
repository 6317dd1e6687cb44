package dev.lifeline.commands;

import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.utils.error.PgException;
import org.jspecify.annotations.Nullable;

/// The sequences behind serial and identity columns.
final class OwnedSequences {
  private final CommandContext context;
  private final CatalogWriter writer;
  private final int namespace;

  OwnedSequences(CommandContext context, CatalogWriter writer, int namespace) {
    this.context = context;
    this.writer = writer;
    this.namespace = namespace;
  }

  @Nullable String defaultFor(String table, TableDefinition.Column column) {
    if (column.serial || column.identity != 0) {
      throw PgException.notSupported("a sequence").at(column.location);
    }
    return null;
  }

  void own(int tableOid) {}

  void own(int tableOid, int columnsBefore) {}

  void restart(int tableOid) {}
}
