package dev.lifeline.catalog;

import dev.lifeline.access.transam.Xact;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;

/// Changes the catalogs in a transaction. What it is told becomes steps; nothing has happened when
/// a method returns, and everything when the steps have run.
///
/// The rows that a command has changed become visible to the steps after [#endCommand].
public final class CatalogWriter {
  private final BackendCatalog catalog;
  private final CatalogTables tables;
  private final Xact xact;
  private final Steps steps;

  CatalogWriter(BackendCatalog catalog, CatalogTables tables, Xact xact, Steps steps) {
    this.catalog = catalog;
    this.tables = tables;
    this.xact = xact;
    this.steps = steps;
  }

  public BackendCatalog catalog() {
    return catalog;
  }

  public Xact xact() {
    return xact;
  }

  public Steps steps() {
    return steps;
  }

  /// An oid that nothing has had before. Oids and the numbers of files come from one counter, which
  /// never goes back.
  public int newOid() {
    long number = catalog.catalogs().shared().transactions().nextRelNumber();
    if (number > 0xFFFF_FFFFL) {
      throw PgException.error(
          SqlState.PROGRAM_LIMIT_EXCEEDED, "all object identifiers have been used");
    }
    return (int) number;
  }

  public CatalogRow blank(String catalogName) {
    return CatalogRow.blank(tables.table(catalogName));
  }

  public void insert(CatalogRow row) {
    row.table().insert(xact, row, steps);
  }

  /// Locks a row that was read against changes by others.
  ///
  /// @return false when somebody has changed it since, so that it is to be read again
  boolean lock(CatalogRow row) {
    return row.table().lock(xact, row);
  }

  /// Stores a changed [CatalogRow#copy] in the place of the row that it was copied from.
  public void update(CatalogRow row) {
    row.table().update(xact, row, steps);
  }

  public void delete(CatalogRow row) {
    row.table().delete(xact, row, steps);
  }

  /// Adds the step that deletes the rows whose first key columns in an index are these.
  public void deleteAll(String catalogName, String index, Object... key) {
    steps.add(() -> catalog.reader().rows(catalogName, index, key).forEach(this::delete));
  }

  /// Ends a part of the work: the steps after it see its rows. To be told which relations look
  /// different now.
  public void endCommand(int... relations) {
    steps.add(() -> {
      xact.nextCommand();
      for (int relation : relations) {
        catalog.relationChanged(relation);
      }
    });
  }

  /// As [#endCommand], after something was created, dropped or renamed.
  public void endCommandWithNames(boolean shared) {
    steps.add(() -> {
      xact.nextCommand();
      catalog.namesChanged(shared);
    });
  }
}
