package dev.lifeline.commands;

import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import org.jspecify.annotations.Nullable;

/// The rows of `pg_description` and `pg_shdescription`.
final class Comments {
  private final CatalogWriter writer;

  Comments(CatalogWriter writer) {
    this.writer = writer;
  }

  /// Replaces the comment on an object, or on a column of it; null or an empty one removes it.
  void set(int classOid, int oid, int subId, @Nullable String text) {
    writer
        .steps()
        .add(() -> {
          writer
              .catalog()
              .reader()
              .rows("pg_description", "pg_description_o_c_o_index", oid, classOid, subId)
              .forEach(writer::delete);
          if (text != null && !text.isEmpty()) {
            writer.insert(
                writer
                    .blank("pg_description")
                    .oid("objoid", oid)
                    .oid("classoid", classOid)
                    .set("objsubid", subId)
                    .set("description", text));
          }
        });
    writer.endCommand();
  }

  /// As [#set], of an object that all databases share.
  void setShared(int classOid, int oid, @Nullable String text) {
    writer
        .steps()
        .add(() -> {
          for (CatalogRow row :
              writer
                  .catalog()
                  .reader()
                  .scan(
                      "pg_shdescription",
                      r -> r.oid("objoid") == oid && r.oid("classoid") == classOid)) {
            writer.delete(row);
          }
          if (text != null && !text.isEmpty()) {
            writer.insert(
                writer
                    .blank("pg_shdescription")
                    .oid("objoid", oid)
                    .oid("classoid", classOid)
                    .set("description", text));
          }
        });
    writer.endCommand();
  }

  /// The object is dropped.
  void removeAll(int classOid, int oid) {
    writer.deleteAll("pg_description", "pg_description_o_c_o_index", oid, classOid);
  }
}
