package dev.lifeline.catalog;

import dev.lifeline.access.transam.Snapshot;
import dev.lifeline.access.transam.Xact;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Reads the catalogs of one database as a transaction sees them at this instant. The lookups may
/// throw [dev.lifeline.utils.NotYet].
public final class CatalogReader {
  private final CatalogTables tables;
  private final Xact xact;

  CatalogReader(CatalogTables tables, Xact xact) {
    this.tables = tables;
    this.xact = xact;
  }

  public int databaseOid() {
    return tables.databaseOid();
  }

  /// The rows whose first index columns have these values: numbers ([Number], oids unsigned in an
  /// int) or strings.
  public List<CatalogRow> rows(String catalog, String index, Object... key) {
    Snapshot snapshot = xact.latestSnapshot();
    return tables.table(catalog).lookup(xact, snapshot, index, key);
  }

  /// The one row of a unique key, or null.
  public @Nullable CatalogRow one(String catalog, String index, Object... key) {
    List<CatalogRow> rows = rows(catalog, index, key);
    return rows.isEmpty() ? null : rows.get(0);
  }

  /// All rows that the condition holds for.
  public List<CatalogRow> scan(String catalog, Predicate<CatalogRow> condition) {
    Snapshot snapshot = xact.latestSnapshot();
    List<CatalogRow> found = new ArrayList<>();
    for (CatalogRow row : tables.table(catalog).scan(xact, snapshot)) {
      if (condition.test(row)) {
        found.add(row);
      }
    }
    return found;
  }

  /// A new row of a catalog, to be filled and stored.
  public CatalogRow blank(String catalog) {
    return CatalogRow.blank(tables.table(catalog));
  }
}
