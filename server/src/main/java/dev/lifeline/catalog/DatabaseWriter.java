package dev.lifeline.catalog;

import dev.lifeline.storage.smgr.RelFileLocator;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Creates and drops the files of databases, in a transaction.
public final class DatabaseWriter {
  private final CatalogWriter writer;
  private final Catalogs catalogs;

  public DatabaseWriter(CatalogWriter writer) {
    this.writer = writer;
    this.catalogs = writer.catalog().catalogs();
  }

  /// Makes the directory of a new database and copies all relations of another one into it. Nobody
  /// may change that one meanwhile.
  public void copyFiles(int fromDatabase, int toDatabase) {
    Steps steps = writer.steps();
    steps.await(() -> catalogs.databaseFiles().createDirectory(toDatabase));
    steps.add(() -> {
      for (RelFileLocator file : files(fromDatabase)) {
        RelFileLocator copy = new RelFileLocator(toDatabase, file.relNumber());
        catalogs.databaseFiles().copy(writer.xact(), file, copy, steps);
      }
    });
  }

  /// All relations of a database go when the transaction commits; the directory has to be removed .
  public void dropFiles(int database) {
    Steps steps = writer.steps();
    steps.add(() -> {
      for (RelFileLocator file : files(database)) {
        steps.add(() -> catalogs.shared().storage().dropAtCommit(writer.xact(), file));
      }
    });
  }

  /// The files of a database that are its own, by its `pg_class`.
  private List<RelFileLocator> files(int database) {
    CatalogReader reader = new CatalogReader(catalogs.database(database).tables(), writer.xact());
    Set<Long> numbers = new HashSet<>();
    List<RelFileLocator> files = new ArrayList<>();
    for (CatalogRow row : reader.scan("pg_class", r -> !r.bool("relisshared"))) {
      long number = Integer.toUnsignedLong(row.oid("relfilenode"));
      if (number != 0 && numbers.add(number)) {
        files.add(new RelFileLocator(database, number));
      }
    }
    return files;
  }
}
