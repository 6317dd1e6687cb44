package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.Fork;
import dev.lifeline.storage.smgr.RelFileLocator;
import dev.lifeline.utils.adt.Text;
import dev.lifeline.utils.error.PgException;
import dev.lifeline.utils.error.SqlState;
import org.jspecify.annotations.Nullable;

/// What SQL can ask of databases and of the two tablespaces, both of which are in the data
/// directory.
final class TablespaceFunctions {
  private static final int DEFAULT = 1663;
  private static final int GLOBAL = 1664;

  /// Bytes of a page, and so of a block of a relation.
  private static final long PAGE_BYTES = 8192;

  private final BackendCatalog catalog;

  TablespaceFunctions(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// The oid of a tablespace.
  ///
  /// @throws PgException 42704 where there is none of that name
  static int oid(String name) {
    return switch (name) {
      case "pg_default" -> DEFAULT;
      case "pg_global" -> GLOBAL;
      default ->
          throw PgException.error(
              SqlState.UNDEFINED_OBJECT, "tablespace \"%s\" does not exist", name);
    };
  }

  static boolean exists(int oid) {
    return oid == DEFAULT || oid == GLOBAL;
  }

  /// By the relations' files, those of other databases included.
  ///
  /// @param which the database's oid or name
  Long databaseSize(@Nullable Object which) {
    Database database =
        which instanceof Number number
            ? catalog.database(number.intValue())
            : catalog.database(String.valueOf(which));
    if (database == null) {
      throw PgException.error(
          SqlState.INVALID_CATALOG_NAME, "database \"%s\" does not exist", which);
    }
    return bytes(database.oid(), false);
  }

  /// @param which the tablespace's oid or name
  @Nullable Long size(@Nullable Object which) {
    int oid = which instanceof Number number ? number.intValue() : oid(String.valueOf(which));
    if (oid == GLOBAL) {
      return bytes(catalog.databaseOid(), true);
    }
    if (oid != DEFAULT) {
      return null;
    }
    long bytes = 0;
    for (CatalogRow database : catalog.reader().scan("pg_database", row -> true)) {
      bytes += bytes(database.oid("oid"), false);
    }
    return bytes;
  }

  private long bytes(int database, boolean shared) {
    long bytes = 0;
    for (CatalogRow row :
        catalog.reader(database).scan("pg_class", r -> r.bool("relisshared") == shared)) {
      long file = Integer.toUnsignedLong(row.oid("relfilenode"));
      if (file != 0) {
        RelFileLocator locator = new RelFileLocator(shared ? 0 : database, file);
        bytes += catalog.catalogs().shared().buffers().blocks(locator, Fork.MAIN) * PAGE_BYTES;
      }
    }
    return bytes;
  }

  /// Being in the data directory, they have no location of their own.
  static Text location(int oid) {
    if (oid != 0 && !exists(oid)) {
      throw PgException.error(
          SqlState.UNDEFINED_FILE,
          "could not stat file \"pg_tblspc/%s\": No such file or directory",
          Integer.toUnsignedString(oid));
    }
    return Text.EMPTY;
  }
}
