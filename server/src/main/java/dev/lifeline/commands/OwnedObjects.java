package dev.lifeline.commands;

import dev.lifeline.catalog.Acl;
import dev.lifeline.catalog.BackendCatalog;
import dev.lifeline.catalog.CatalogReader;
import dev.lifeline.catalog.CatalogRow;
import dev.lifeline.catalog.RelKind;
import dev.lifeline.catalog.Role;
import java.util.ArrayList;
import java.util.List;

/// What a role owns or was granted, in all databases: what keeps it from being dropped.
final class OwnedObjects {
  private final BackendCatalog catalog;

  OwnedObjects(BackendCatalog catalog) {
    this.catalog = catalog;
  }

  /// In the words of PostgreSQL's DETAIL; none where the role may go.
  List<String> of(Role role) {
    List<String> found = new ArrayList<>();
    for (CatalogRow database : catalog.reader().scan("pg_database", row -> true)) {
      if (database.oid("datdba") == role.oid()) {
        found.add("owner of database " + database.text("datname"));
      }
      if (database.texts("datacl").stream().anyMatch(item -> mentions(item, role))) {
        found.add("privileges for database " + database.text("datname"));
      }
      int oid = database.oid("oid");
      if (oid == catalog.databaseOid()) {
        for (CatalogRow row :
            catalog.reader().scan("pg_subscription", r -> r.oid("subdbid") == oid)) {
          if (row.oid("subowner") == role.oid()) {
            found.add("owner of subscription " + row.text("subname"));
          }
        }
      }
      List<String> inside = inDatabase(catalog.reader(oid), role);
      if (oid == catalog.databaseOid()) {
        found.addAll(inside);
      } else if (!inside.isEmpty()) {
        found.add(
            inside.size()
                + (inside.size() == 1 ? " object" : " objects")
                + " in database "
                + database.text("datname"));
      }
    }
    return found;
  }

  private static List<String> inDatabase(CatalogReader reader, Role role) {
    List<String> found = new ArrayList<>();
    for (CatalogRow row : reader.scan("pg_namespace", r -> true)) {
      if (row.oid("nspowner") == role.oid()) {
        found.add("owner of schema " + row.text("nspname"));
      } else if (row.texts("nspacl").stream().anyMatch(item -> mentions(item, role))) {
        found.add("privileges for schema " + row.text("nspname"));
      }
    }
    for (CatalogRow row : reader.scan("pg_class", r -> r.letter("relkind") != 'i')) {
      String noun = RelKind.of(row.letter("relkind")).noun();
      if (row.oid("relowner") == role.oid()) {
        found.add("owner of " + noun + " " + row.text("relname"));
      } else if (row.texts("relacl").stream().anyMatch(item -> mentions(item, role))) {
        found.add("privileges for " + noun + " " + row.text("relname"));
      }
    }
    for (CatalogRow row : reader.scan("pg_type", r -> r.oid("typelem") == 0)) {
      if (row.oid("typowner") == role.oid()) {
        found.add("owner of type " + row.text("typname"));
      }
    }
    return found;
  }

  /// What the role was granted, or has granted, anywhere.
  List<String> grants(Role role) {
    List<String> found = new ArrayList<>();
    for (CatalogRow database : catalog.reader().scan("pg_database", row -> true)) {
      CatalogReader reader = catalog.reader(database.oid("oid"));
      database.texts("datacl").stream().filter(i -> mentions(i, role)).forEach(found::add);
      for (CatalogRow row : reader.scan("pg_namespace", r -> true)) {
        row.texts("nspacl").stream().filter(i -> mentions(i, role)).forEach(found::add);
      }
      for (CatalogRow row : reader.scan("pg_class", r -> !r.isNull("relacl"))) {
        row.texts("relacl").stream().filter(i -> mentions(i, role)).forEach(found::add);
      }
    }
    return found;
  }

  private static boolean mentions(String aclItem, Role role) {
    return Acl.parse("{" + aclItem + "}").mentions(role.name());
  }
}
