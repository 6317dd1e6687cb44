package dev.lifeline.catalog;

import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;

/// The stored system catalogs of one database, opened.
final class CatalogTables {
  private final int databaseOid;
  private final SystemRelations relations;
  private final RelationFiles files;
  private final Map<String, CatalogTable> tables = new ConcurrentHashMap<>();

  CatalogTables(int databaseOid, SystemRelations relations, RelationFiles files) {
    this.databaseOid = databaseOid;
    this.relations = relations;
    this.files = files;
  }

  int databaseOid() {
    return databaseOid;
  }

  SystemRelations relations() {
    return relations;
  }

  CatalogTable table(String name) {
    return tables.computeIfAbsent(
        name,
        n -> {
          CatalogDef def = CatalogDef.of(n);
          Relation relation = Objects.requireNonNull(relations.find(def.oid()));
          return new CatalogTable(def, relation, files);
        });
  }
}
