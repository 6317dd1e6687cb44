package dev.lifeline.catalog;

/// The catalogs of one database, as all its sessions share them: the opened system tables, and what
/// was looked up in them.
final class DatabaseCatalog {
  private final CatalogTables tables;
  private final CatalogCache cache;
  private final CatalogCache shared;

  /// @param shared the cache of the catalogs that all databases share
  DatabaseCatalog(CatalogTables tables, CatalogCache shared, Invalidations invalidations) {
    this.tables = tables;
    this.cache = new CatalogCache(invalidations);
    this.shared = shared;
  }

  CatalogTables tables() {
    return tables;
  }

  CatalogCache cache() {
    return cache;
  }

  CatalogCache sharedCache() {
    return shared;
  }

  /// Counts up with everything that a session of this database may notice.
  long generation() {
    return cache.generation() + shared.generation();
  }
}
