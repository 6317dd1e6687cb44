package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.List;

/// A relation that has a file, by its row in `pg_class`.
///
/// @param kind `pg_class.relkind`
/// @param frozenXid `pg_class.relfrozenxid`, 0 for what has no rows with xids
public record StoredRelation(int oid, String name, char kind, RelFileLocator file, long frozenXid) {
  /// All of a database, those that all databases share among them. May throw
  /// [dev.lifeline.utils.NotYet].
  public static List<StoredRelation> all(CatalogReader reader) {
    List<StoredRelation> stored = new ArrayList<>();
    for (CatalogRow row : reader.scan("pg_class", row -> row.oid("relfilenode") != 0)) {
      int database = row.bool("relisshared") ? 0 : reader.databaseOid();
      long number = Integer.toUnsignedLong(row.oid("relfilenode"));
      stored.add(
          new StoredRelation(
              row.oid("oid"),
              row.text("relname"),
              row.letter("relkind"),
              new RelFileLocator(database, number),
              row.bigint("relfrozenxid")));
    }
    return stored;
  }
}
