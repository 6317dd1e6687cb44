package dev.lifeline.catalog;

/// Writes which object depends on which: the rows of `pg_depend`. An object is named by the oid of
/// the catalog that it is in and its own.
public final class DependencyWriter {
  private final CatalogWriter writer;

  public DependencyWriter(CatalogWriter writer) {
    this.writer = writer;
  }

  /// Adds the step that notes a dependency.
  ///
  /// @param attnum the column of the referenced relation, or 0 for an object as a whole
  /// @param type `n` (normal), `a` (auto), `i` (internal) or `e` (member of an extension)
  public void add(
      int classOid, int oid, int referencedClass, int referenced, int attnum, char type) {
    writer.insert(
        writer
            .blank("pg_depend")
            .oid("classid", classOid)
            .oid("objid", oid)
            .oid("refclassid", referencedClass)
            .oid("refobjid", referenced)
            .set("refobjsubid", attnum)
            .set("deptype", type));
  }

  /// Adds the step that forgets what an object depends on.
  public void removeFrom(int classOid, int oid) {
    writer.deleteAll("pg_depend", "pg_depend_depender_index", classOid, oid);
  }

  /// Adds the step that forgets what depends on an object.
  public void removeOn(int classOid, int oid) {
    writer.deleteAll("pg_depend", "pg_depend_reference_index", classOid, oid);
  }
}
