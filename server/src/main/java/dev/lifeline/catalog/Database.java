package dev.lifeline.catalog;

import org.jspecify.annotations.Nullable;

/// A row of `pg_database`.
///
/// @param connectionLimit -1 for none
/// @param acl null where nothing was ever granted or revoked: then everybody may connect
public record Database(
    int oid,
    String name,
    int owner,
    boolean template,
    boolean allowConnections,
    int connectionLimit,
    @Nullable String acl) {

  static Database of(CatalogRow row) {
    return new Database(
        row.oid("oid"),
        row.text("datname"),
        row.oid("datdba"),
        row.bool("datistemplate"),
        row.bool("datallowconn"),
        row.integer("datconnlimit"),
        Acl.read(row, "datacl"));
  }
}
