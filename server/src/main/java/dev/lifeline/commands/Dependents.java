package dev.lifeline.commands;

import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.CatalogWriter;
import dev.lifeline.catalog.DependencyWriter;
import dev.lifeline.catalog.Relation;
import dev.lifeline.catalog.SystemOids;
import java.util.ArrayList;
import java.util.List;

/// Which relations depend on which, by `pg_depend`: views on what they select from (`n`), sequences
/// on the column that they count for (`a`, of an identity column `i`).
final class Dependents {
  private final BackendCatalog catalog;

  Dependents(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// Those that only CASCADE takes along, also indirectly.
  List<Relation> of(Relation relation) {
    List<Relation> found = new ArrayList<>();
    gather(relation.oid(), found);
    return found;
  }

  private void gather(int oid, List<Relation> found) {
    for (Relation dependent : referencing(oid, "n")) {
      if (found.stream().noneMatch(r -> r.oid() == dependent.oid())) {
        found.add(dependent);
        gather(dependent.oid(), found);
      }
    }
  }

  /// The views that use a column of a relation.
  List<Relation> ofColumn(Relation relation, int attnum) {
    List<Relation> found = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .rows(
                "pg_depend",
                "pg_depend_reference_index",
                SystemOids.PG_CLASS,
                relation.oid(),
                attnum)) {
      Relation dependent = catalog.byOid(row.oid("objid"));
      if (dependent != null && row.letter("deptype") == 'n') {
        found.add(dependent);
      }
    }
    return found;
  }

  /// The sequences that go with a table or, where `attnum` is not 0, with one column of it.
  List<Relation> ownedSequences(int tableOid) {
    return referencing(tableOid, "ai");
  }

  List<Relation> ownedSequences(int tableOid, int attnum) {
    List<Relation> found = new ArrayList<>();
    for (CatalogRow row :
        catalog
            .reader()
            .rows(
                "pg_depend", "pg_depend_reference_index", SystemOids.PG_CLASS, tableOid, attnum)) {
      Relation dependent = catalog.byOid(row.oid("objid"));
      if (dependent != null
          && row.oid("classid") == SystemOids.PG_CLASS
          && "ai".indexOf(row.letter("deptype")) >= 0) {
        found.add(dependent);
      }
    }
    return found;
  }

  private List<Relation> referencing(int oid, String types) {
    List<Relation> found = new ArrayList<>();
    for (CatalogRow row :
        catalog.reader().rows("pg_depend", "pg_depend_reference_index", SystemOids.PG_CLASS, oid)) {
      Relation dependent = catalog.byOid(row.oid("objid"));
      if (dependent != null
          && row.oid("classid") == SystemOids.PG_CLASS
          && types.indexOf(row.letter("deptype")) >= 0
          && found.stream().noneMatch(r -> r.oid() == dependent.oid())) {
        found.add(dependent);
      }
    }
    return found;
  }

  /// Adds the step that notes a dependency of one relation on another or on a column of it.
  static void add(CatalogWriter writer, int dependent, int referenced, int attnum, char type) {
    new DependencyWriter(writer)
        .add(SystemOids.PG_CLASS, dependent, SystemOids.PG_CLASS, referenced, attnum, type);
  }
}
