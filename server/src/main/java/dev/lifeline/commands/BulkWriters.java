package dev.lifeline.commands;

import dev.lifeline.access.table.BulkInsert;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.Relation;
import dev.lifeline.executor.StoredTable;
import dev.lifeline.executor.TableWriter;
import dev.lifeline.executor.expr.EvalFrame;
import dev.lifeline.storage.buffer.BufferPool;
import dev.lifeline.storage.buffer.BufferRing;
import dev.lifeline.utils.adt.EvalContext;
import java.util.List;

/// How many rows at once come into a table.
final class BulkWriters {
  private BulkWriters() {}

  /// What it fills goes through a ring, so that the others keep their pages.
  static BulkInsert insert(BackendCatalog catalog) {
    BufferPool buffers = catalog.catalogs().shared().buffers();
    return new BulkInsert(new BufferRing(BufferRing.Use.BULK_WRITE, buffers));
  }

  /// Fills a table that nobody else can see yet.
  static TableWriter ofNew(CommandContext context, Relation table) {
    EvalContext eval = context.session().evalContext();
    BackendCatalog catalog = context.catalog();
    StoredTable stored = new StoredTable(table, new CatalogStorage(catalog), catalog, eval);
    return new TableWriter(stored, List.of(), new EvalFrame(eval), null, insert(catalog));
  }
}
