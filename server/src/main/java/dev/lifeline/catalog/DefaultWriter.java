package dev.lifeline.catalog;

import java.util.regex.Matcher;

/// Writes the defaults of columns: their rows in `pg_attrdef` and what they depend on, their column
/// and the sequences that they name.
final class DefaultWriter {
  private static final String ATTRDEF_INDEX = "pg_attrdef_adrelid_adnum_index";

  private final CatalogWriter writer;

  DefaultWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  void create(int relation, int attnum, String source) {
    int oid = writer.newOid();
    writer.insert(
        writer
            .blank("pg_attrdef")
            .oid("oid", oid)
            .oid("adrelid", relation)
            .set("adnum", attnum)
            .set("adbin", source));
    depend(oid, relation, attnum, 'a');
    // The sequence of a serial column is made by the same command, so it is looked for when that
    // has been done.
    if (source.contains("::regclass")) {
      writer.steps().add(() -> dependOnSequences(oid, source));
    }
  }

  private void dependOnSequences(int oid, String source) {
    Matcher names = SequenceNames.REGCLASS.matcher(source);
    while (names.find()) {
      String name = names.group(1).replace("''", "'");
      int relation = new CatalogFunctions(writer.catalog()).relationOid(SearchPath.nameParts(name));
      if (relation != 0) {
        depend(oid, relation, 0, 'n');
      }
    }
  }

  private void depend(int oid, int relation, int attnum, char type) {
    new DependencyWriter(writer)
        .add(SystemOids.PG_ATTRDEF, oid, SystemOids.PG_CLASS, relation, attnum, type);
  }

  /// Adds the step that removes the defaults of a relation or, with its number, of one column.
  void drop(Object... key) {
    writer
        .steps()
        .add(() -> {
          for (CatalogRow row : writer.catalog().reader().rows("pg_attrdef", ATTRDEF_INDEX, key)) {
            int oid = row.oid("oid");
            writer.delete(row);
            new DependencyWriter(writer).removeFrom(SystemOids.PG_ATTRDEF, oid);
          }
        });
  }
}
